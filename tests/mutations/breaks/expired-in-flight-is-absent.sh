says 'A batch that is given up while it is in flight counts as never written.'
laws 'FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Lanes/PartitionLane.cs 'var maybe = batch.IsUnclear || batch.IsInFlight;' 'var maybe = batch.IsUnclear;'
