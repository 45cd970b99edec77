says 'What the broker proved on one connection counts on the next.'
laws 'FullyQualifiedName~FaultTests.Batches_in_flight'
replace Sending/PartitionLane.cs '_provenOn == connection && ' '_provenOn is not null && '
