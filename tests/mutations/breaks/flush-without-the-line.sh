says 'A flush does not wait for a record that stood in line and was placed meanwhile.'
laws 'FullyQualifiedName~FlushTrackerTests'
replace Batching/FlushTracker.cs 'if (record < batch)' 'if (record < long.MinValue)'
