says 'An unclear batch and an earlier one that waits for new numbers wait for each other.'
laws 'FullyQualifiedName~RecreatedTopicTests'
replace Lanes/PartitionLane.cs '_undecided.AskOfThoseAfterUnnumbered();' ''
