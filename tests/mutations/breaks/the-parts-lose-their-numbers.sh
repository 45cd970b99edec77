says 'A batch that fails takes the numbers from the parts before it, but not from whole batches.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/LaneNumbers.cs '(delivery.Attempts == 0 && !laterKeeps)' '(delivery.Attempts == 0)'
