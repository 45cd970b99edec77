says 'The memory of a batch without answer is given back twice.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Batching/PartitionChannel.Owner.cs '        _context.Memory.Return(_account, batch.Chunks, batch.Overhead);' '        _context.Memory.Return(_account, batch.Chunks, batch.Overhead);
        if (batch.Delivery.Attempts > 1)
        {
            _context.Memory.Return(_account, batch.Chunks, batch.Overhead);
        }
'
