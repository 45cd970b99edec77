says 'A record is placed although others stand in line for its partition.'
laws 'FullyQualifiedName~PartitionLineTests'
replace Batching/PartitionChannel.cs '(_closedBy is not null || _held is not null || _line.First is not null)' '(_closedBy is not null)'
