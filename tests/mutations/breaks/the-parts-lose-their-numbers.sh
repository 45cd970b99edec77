says 'A batch that fails takes the numbers from the parts before it, but not from whole batches.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/LaneNumbers.cs 'batch is { SplitFrom: null, Delivery.Attempts: 0 }' 'batch is { Delivery.Attempts: 0 }'
