says 'Sums of a push that was lost are not told again.'
laws 'FullyQualifiedName~PushTests.Sums_tell_each_record_once'
replace Telemetry/TelemetryPush.cs '            return; // the next push' '            _collector?.Pushed();
            return; // the next push'
