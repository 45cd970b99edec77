says 'A plain batch whose codec is refused is sent again at once, for ever.'
laws 'FullyQualifiedName~Scenarios.CompressionTests'
replace Lanes/CodecFallback.cs 'batch.Codec != CompressionType.None && channel' 'channel'
