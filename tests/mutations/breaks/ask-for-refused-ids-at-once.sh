says 'A producer id that was refused is asked for again with each record.'
laws 'FullyQualifiedName~Scenarios.IdempotenceTests'
replace Lanes/ProducerIds.cs '        _notBefore = _loop.Time.After(now, _backoff.Next());
        if (End' '        if (End'
