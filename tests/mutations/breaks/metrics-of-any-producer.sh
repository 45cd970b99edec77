says 'What is pushed to brokers is measured in all producers of the process.'
laws 'FullyQualifiedName~TelemetryCollectorTests.What_is_collected_is_of_this_producer'
replace Telemetry/MeasuredInstrument.cs 'if (!IsOwn(tags))' 'if (false)'
