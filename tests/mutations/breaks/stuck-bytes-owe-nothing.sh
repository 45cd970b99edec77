says 'Bytes without an answer to come may stay in the pipe for ever.'
laws 'FullyQualifiedName~StuckWriteTests'
replace Network/InFlightRequests.cs 'Volatile.Write(ref _unwrittenSince, now);' '_ = now;'
