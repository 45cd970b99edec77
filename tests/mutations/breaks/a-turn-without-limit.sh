says 'A turn for a large record becomes twice as long each time it fails, without limit.'
laws 'FullyQualifiedName~LargeRequestTurnTests'
replace Memory/LargeRequestTurn.cs 'TimeSpan.FromTicks(Math.Min(2 * _length.Ticks, LongestTurn.Ticks))' 'TimeSpan.FromTicks(Math.Min(2 * _length.Ticks, 64 * LongestTurn.Ticks))'
