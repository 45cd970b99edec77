says 'The parts of an unclear batch are sent after one of them has failed, and a broker without our state takes them with a gap.'
laws 'FullyQualifiedName~SplitTests'
replace Lanes/LaneActions.cs 'undecided.PartHasFailed(batch);' ''
