says 'A proof counts for ever, however long the lane was silent.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/LaneProof.cs 'Lifetime = TimeSpan.FromSeconds(60)' 'Lifetime = TimeSpan.FromDays(60)'
