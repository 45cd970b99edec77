says 'A lane that has something to send is listed, but its loop is not woken.'
laws 'FullyQualifiedName~FaultFreeTests.A_full_batch'
replace Batching/PartitionChannel.Owner.cs 'return _owner.IsSaturated ? LoopNotice.None : LoopNotice.Wake;' 'return LoopNotice.None;'
