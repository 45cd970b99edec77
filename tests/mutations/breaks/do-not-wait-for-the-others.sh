says 'After a failure the lane sends again while its other requests are still under way.'
laws 'FullyQualifiedName~BrokerMemoryTests|FullyQualifiedName~FaultTests.Batches_in_flight'
replace Sending/PartitionLane.cs '(_isHeld && _inFlight > 0)' '(_isHeld && _inFlight > 1000)'
