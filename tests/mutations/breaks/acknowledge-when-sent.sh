says 'A batch counts as written when it is sent, not when it is answered.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Lanes/PartitionLane.cs '        batch.Delivery.IsInFlight = true;
        _gate.Sent();' '        batch.Delivery.IsInFlight = true;
        _gate.Sent();
        _outcomes.Acknowledge(batch, -1, -1);
        Settle();'
