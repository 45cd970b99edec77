says 'Awaited records in a line that moves fail when the first of them would.'
laws 'FullyQualifiedName~LongWaitTests'
replace Batching/MaxBlock.cs 'Math.Max(waiting.JoinedAt, Math.Max(_movedAt, waiting.LineMovedAt))' 'waiting.JoinedAt'
