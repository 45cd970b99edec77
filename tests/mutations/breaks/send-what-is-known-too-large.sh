says 'A batch that was closed before the limit was learned is sent as it is, and refused.'
laws 'FullyQualifiedName~BatchLimitTests'
replace Lanes/LaneDrain.cs 'channel.Limit.IsLearned && batch.Count > 1' 'batch.Count > batch.Bytes'
