says 'The memory of a batch is given back when it is first sent, although it may have to be sent again.'
laws 'FullyQualifiedName~FaultTests.Batches_in_flight'
replace Batching/BatchMemory.cs '        context.Memory.Return(account, batch.Chunks, batch.Overhead);' '        if (batch.Delivery.Attempts == 0)
        {
            context.Memory.Return(account, batch.Chunks, batch.Overhead);
        }
'
replace Batching/PartitionChannel.Release.cs '    /// <summary>Gives a decided batch back to the pool' '    public void ReturnEarly(ProducerBatch batch) => _context.Memory.Return(_account, batch.Chunks, batch.Overhead);

    /// <summary>Gives a decided batch back to the pool'
replace Lanes/PartitionLane.cs '        var isFirst = batch.Delivery.Attempts++ == 0;' '        var isFirst = batch.Delivery.Attempts++ == 0;
        if (isFirst)
        {
            Channel.ReturnEarly(batch);
        }
'
