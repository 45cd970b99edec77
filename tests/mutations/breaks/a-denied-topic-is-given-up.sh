says 'A topic in use that is forbidden for a moment is not asked for again.'
laws 'FullyQualifiedName~TopicStateTests'
replace Metadata/TopicState.cs '            _isLost |= _partitions.Length > 0;' ''
