says 'Refused records are kept for observers that stand still, as many as come.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/RecordSink.cs 'base.TellsRefusals && !_window.IsFarBehind' 'base.TellsRefusals'
