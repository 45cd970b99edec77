says 'A batch that is given up while it is in flight counts as never written.'
laws 'FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Lanes/LaneOutcomes.cs 'var maybe = batch.Delivery.IsUnclear || batch.Delivery.IsInFlight;' 'var maybe = batch.Delivery.IsUnclear;'
