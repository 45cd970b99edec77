says 'A later success is told before the earlier batches are decided.'
laws 'FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Sending/PartitionLane.cs 'while (_undecided.Count > 0 && _undecided[0].Kept is' 'var early = _undecided.FindAll(static b => b.Kept is not null);
        _undecided.RemoveAll(static b => b.Kept is not null);
        _undecided.InsertRange(0, early);
        while (_undecided.Count > 0 && _undecided[0].Kept is'
