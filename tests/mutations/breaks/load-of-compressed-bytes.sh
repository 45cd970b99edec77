says 'The load of a partition is raised by plain bytes and lowered by compressed ones, so it drifts for ever.'
laws 'FullyQualifiedName~BatchCompressionTests'
replace Batching/PartitionChannel.Release.cs 'Load.Add(Partition, -batch.Bytes);' 'Load.Add(Partition, -batch.WireBytes);'
