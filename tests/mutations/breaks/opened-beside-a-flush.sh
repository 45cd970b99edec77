says 'A batch that is opened while a flush looks for open ones waits for linger.'
laws 'FullyQualifiedName~A_flush_closes_a_batch_that_is_opened_while'
replace Batching/PartitionChannel.cs 'if (isFlushed && open is not null)' 'if (false)'
