says 'What was measured since the last push is lost when a producer ends.'
laws 'FullyQualifiedName~PushErrorTests.Dispose_pushes_once_more'
replace ProducerCore.PurgeAndClose.cs '        await EndTelemetryAsync(started);' ''
