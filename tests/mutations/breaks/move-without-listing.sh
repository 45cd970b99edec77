says 'A lane that moves to another broker is not listed there.'
laws 'FullyQualifiedName~FaultTests|FullyQualifiedName~LaneRingTests'
replace Batching/PartitionChannel.cs '        newOwner.List(Lane);' ''
