says 'The memory of a batch that is decided while its codec runs goes to others at once.'
laws 'FullyQualifiedName~BatchCompressionTests'
replace Batching/PartitionChannel.Compression.cs 'return isHeld;' 'return false;'
