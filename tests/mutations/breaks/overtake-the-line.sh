says 'A record is placed although others stand in line for its partition.'
laws 'FullyQualifiedName~PartitionLineTests'
replace Batching/PartitionChannel.cs '(_closedBy is not null || _drainersBatch is not null || !Waiting.IsEmpty)' '(_closedBy is not null)'
