says 'A leader hint of a deleted topic is believed of its successor.'
laws 'FullyQualifiedName~TopicStateTests'
replace Metadata/TopicState.cs 'if (isOfAnother || ' 'if ((isOfAnother && hint.Partition < 0) || '
