says 'An append time that is the batch'\''s own largest is never believed, even if the batch was sent once.'
laws 'FullyQualifiedName~AppendTimeTests'
replace Lanes/LaneOutcomes.cs 'batch.Delivery.Attempts > 1 && appendTime' 'appendTime'
