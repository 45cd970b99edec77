says 'What the broker proved on one connection counts on the next.'
laws 'FullyQualifiedName~FaultTests|FullyQualifiedName~BrokerMemoryTests'
replace Sending/PartitionLane.cs '_provenOn == connection && ' '_provenOn is not null && '
