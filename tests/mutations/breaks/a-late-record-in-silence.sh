says 'A record after the end of its source leaves Completion without a fault.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/SinkInput.Refusals.cs '                sink.FaultCompletion(error.ToException());
' ''
