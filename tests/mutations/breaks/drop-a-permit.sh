says 'The permit of a request without answer never comes back.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Sending/BrokerSender.cs 'Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _permits.Release();' 'Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _ = lost is null ? _permits.Release() : 0;'
