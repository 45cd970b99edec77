says 'What is pushed to brokers is measured in all producers of the process.'
laws 'FullyQualifiedName~TelemetryCollectorTests.Only_what_is_wanted'
replace Telemetry/TelemetryCollector.cs 'ReferenceEquals(instrument.Meter, meter) && ' ''
