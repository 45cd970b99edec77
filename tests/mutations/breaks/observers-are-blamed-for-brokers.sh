says 'Dispose gives observers no moment when the brokers took all the time.'
laws 'FullyQualifiedName~RefusalTests'
replace ProducerCore.PurgeAndClose.cs 'atLeast: ObserversMoment) || !Root.OwesOutcomes || Root.Window.Steps != steps' 'atLeast: TimeSpan.Zero) || !Root.OwesOutcomes'
