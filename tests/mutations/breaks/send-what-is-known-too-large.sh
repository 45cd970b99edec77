says 'A batch that was closed before the limit was learned is sent as it is, and refused.'
laws 'FullyQualifiedName~BatchLimitTests'
replace Lanes/LaneDrain.cs 'batch.Count > 1 && batch.Bytes > channel.Limit.Current' 'batch.Count > batch.Bytes'
