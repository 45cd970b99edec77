says 'A batch that is split after a gap keeps its numbers, and those before it wait for new ones for ever.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/LaneActions.cs 'if (numbers.IsAfterGap(batch))' 'if (numbers.Id < -1)'
