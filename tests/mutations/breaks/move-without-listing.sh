says 'A lane that moves to another broker is not listed there.'
laws 'FullyQualifiedName~FaultTests.Faults_that_end'
replace Batching/PartitionChannel.Owner.cs '        newOwner.List(Lane);' ''
