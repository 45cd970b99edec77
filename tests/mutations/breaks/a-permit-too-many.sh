says 'The permit of a request without answer comes back twice.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Sending/BrokerSender.cs 'Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _permits.Release();' 'Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _permits.Release(lost is null ? 1 : 2);'
