says 'A bump takes effect while batches with old numbers are left.'
laws 'FullyQualifiedName~LaneNumbersTests|FullyQualifiedName~BrokerMemoryTests|FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Lanes/LaneNumbers.cs 'if (undecided.HasNumbered)' 'if (undecided.HasNumbered && !undecided.HasNumbered)'
