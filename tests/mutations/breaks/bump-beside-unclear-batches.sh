says 'A bump takes effect while batches with old numbers are left.'
laws 'FullyQualifiedName~BrokerMemoryTests|FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Sending/LaneNumbers.cs 'undecided.Exists(static b => b is { Kept: null, BaseSequence: >= 0 } || b.IsInFlight)' 'undecided.Exists(static b => b.Attempts < 0)'
