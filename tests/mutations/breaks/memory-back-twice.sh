says 'The memory of a batch without answer is given back twice.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Batching/BatchMemory.cs '        context.Memory.Return(account, batch.Chunks, batch.Overhead);' '        context.Memory.Return(account, batch.Chunks, batch.Overhead);
        if (batch.Delivery.Attempts > 1)
        {
            context.Memory.Return(account, batch.Chunks, batch.Overhead);
        }
'
