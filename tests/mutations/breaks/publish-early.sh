says 'A later success is told before the earlier batches are decided.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/UndecidedBatches.cs '        batch = null;
        outcome = default;
        if (_batches.Count == 0' '        var early = _batches.FindAll(static b => b.Delivery.Outcome is not null);
        _batches.RemoveAll(static b => b.Delivery.Outcome is not null);
        _batches.InsertRange(0, early);
        batch = null;
        outcome = default;
        if (_batches.Count == 0'
