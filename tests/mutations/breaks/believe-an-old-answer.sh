says 'An answer from before the record tells that its partition does not exist.'
laws 'FullyQualifiedName~AddedPartitionTests'
replace Admission/PartitionChoice.cs 'topic.AskedAt > waiting.JoinedAt' 'topic.AskedAt > long.MinValue'
