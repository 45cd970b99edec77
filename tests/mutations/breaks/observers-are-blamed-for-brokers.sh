says 'Dispose gives observers no moment when the brokers took all the time.'
laws 'FullyQualifiedName~RefusalTests'
replace ProducerCore.PurgeAndClose.cs 'atLeast: ObserversMoment) || !sink.OwesOutcomes || sink.Window.Steps != steps' 'atLeast: TimeSpan.Zero) || !sink.OwesOutcomes'
