says 'A part on the log does not tell that the others are absent.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/LaneActions.cs 'undecided.PartIsThere(batch);' ''
