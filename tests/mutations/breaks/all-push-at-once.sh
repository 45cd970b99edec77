says 'Producers that started together push their metrics together.'
laws 'FullyQualifiedName~PushTests.Pushes_keep_the_interval'
replace Telemetry/TelemetryPush.cs '_interval * (0.5 + _random.NextDouble())' '_interval'
