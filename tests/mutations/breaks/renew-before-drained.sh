says 'A retired connection is closed while requests are in flight'
laws 'FullyQualifiedName~Scenarios.SaslTests'
replace Network/Security/SaslSession.cs 'return connection.IsDrained ?' 'return !connection.IsClosed ?'
