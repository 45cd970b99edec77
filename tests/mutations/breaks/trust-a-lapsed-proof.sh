says 'What the broker proved on one connection counts on the next.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/LaneProof.cs '_connection == connection && ' '_connection is not null && '
