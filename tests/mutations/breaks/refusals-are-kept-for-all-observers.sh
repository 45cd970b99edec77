says 'Refused records are kept for observers that stand still, as many as come.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/DeliverySink.cs 'Interest.TellsFailures() && !_window.IsFarBehind' 'Interest.TellsFailures()'
