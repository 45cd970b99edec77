says 'The parts of a batch that may be on the log count as absent, and get new numbers when the broker refuses them.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/UndecidedBatches.cs 'part.Delivery.OnLog = batch.Delivery.OnLog;' ''
