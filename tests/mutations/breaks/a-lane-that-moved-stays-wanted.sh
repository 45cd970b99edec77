says 'A broker is wanted as long as lanes that have moved are in its ring.'
laws 'FullyQualifiedName~LaneRingTests'
replace Batching/LoopOwner.cs 'while (_ring.TryPeek(out var entry) && IsVoid(entry))' 'while (_ring.TryPeek(out var entry) && entry.Moves < 0)'
