says 'A proof counts for ever, however long the lane was silent.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Sending/PartitionLane.cs 'ProofLifetime = TimeSpan.FromSeconds(60)' 'ProofLifetime = TimeSpan.FromDays(60)'
