says 'Sequence numbers become negative behind 2^31 - 1.'
laws 'FullyQualifiedName~SequenceWrapTests'
replace Lanes/LaneNumbers.cs '(int)(((long)sequence + count) & int.MaxValue)' 'unchecked(sequence + count)'
