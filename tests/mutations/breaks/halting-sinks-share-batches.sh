says 'A batch has records of a halting sink and of others.'
laws 'FullyQualifiedName~ProducerSinkTests|FullyQualifiedName~Sinks_and_operators'
replace Batching/PartitionChannel.cs 'batch.HaltingSink == offer.HaltingSink' 'batch.Count > 0'
