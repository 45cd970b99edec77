says 'A batch that may be on the log and is refused as out of order gets new numbers, as in Java.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/PartitionLane.cs 'else if (batch.IsUnclear)' 'else if (batch.Attempts < 0)'
