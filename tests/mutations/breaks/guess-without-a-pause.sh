says 'A refused credential is tried again as fast as a lost connection'
laws 'FullyQualifiedName~Scenarios.SaslTests'
replace Network/BrokerLink.cs 'IsRefused ? _pause.Longest() : _pause.Next()' 'LeastPause.OrMore(TimeSpan.Zero)'
