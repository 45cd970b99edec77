says 'A timer that fires a little early leaves a turn for a large record without end.'
laws 'FullyQualifiedName~LargeRequestTurnTests'
replace Memory/LargeRequestTurn.cs '            _timer.Change(_time.Until(now, due), Timeout.InfiniteTimeSpan);
' ''
