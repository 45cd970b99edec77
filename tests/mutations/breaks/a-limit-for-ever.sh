says 'A learned limit is never raised, even if the topic takes more by now.'
laws 'FullyQualifiedName~BatchLimitTests'
replace Batching/BatchLimit.cs '_takenSince >= TakenToProbe' '_takenSince < 0'
