says 'After a failure the later batches are sent again before the earlier ones.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/UndecidedBatches.cs 'NextToSendAgain()
    {
        foreach (var batch in _batches)' 'NextToSendAgain()
    {
        foreach (var batch in Enumerable.Reverse(_batches))'
