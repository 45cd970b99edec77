says 'What came within a second after a line about lost records is never said.'
laws 'FullyQualifiedName~RefusalTests'
replace Diagnostics/LogTally.cs '            _timer.Change(Pause, Timeout.InfiniteTimeSpan);
' ''
