says 'After a failure the later batches are sent again before the earlier ones.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Sending/PartitionLane.cs 'NextToSendAgain()
    {
        foreach (var batch in _undecided)' 'NextToSendAgain()
    {
        foreach (var batch in Enumerable.Reverse(_undecided))'
