says 'A topic is forgotten as idle beside a record that came just then.'
laws 'FullyQualifiedName~TopicAdmissionTests'
replace Admission/TopicAdmission.cs '        if (!_isUsed)' '        if (!_isUsed || channels is not null)'
