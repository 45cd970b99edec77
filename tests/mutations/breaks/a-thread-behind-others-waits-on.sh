says 'A thread that is blocked behind an awaited record waits as long as that one.'
laws 'FullyQualifiedName~LongWaitTests'
replace Batching/WaitingRecords.cs '                EndOverdue();
' ''
