says 'A topic name that is invalid counts as worth trying again.'
laws 'FullyQualifiedName~FailureTests'
replace ProduceError.cs 'BrokerErrorCode is { } code && ErrorTable.Get(code).Retriable' 'BrokerErrorCode is not null'
