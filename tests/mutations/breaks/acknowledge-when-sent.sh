says 'A batch counts as written when it is sent, not when it is answered.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Lanes/PartitionLane.cs '        batch.IsInFlight = true;
        _inFlight++;' '        batch.IsInFlight = true;
        _inFlight++;
        Keep(batch, new OutcomeRange(0, -1, null));
        Settle();'
