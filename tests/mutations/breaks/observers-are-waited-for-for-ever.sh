says 'A caller that waits for observers is not let through while they stand still.'
laws 'FullyQualifiedName~LongWaitTests'
replace Sinks/DeliveryWindow.cs '                LetOneThrough(since: from);
' ''
