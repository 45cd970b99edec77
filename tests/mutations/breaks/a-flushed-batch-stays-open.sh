says 'A batch that a flush waits for stays open after the line of its topic is empty.'
laws 'FullyQualifiedName~FlushTests'
replace Admission/TopicAdmission.cs '            channel.CloseFlushed();
' ''
