says 'A session is renewed after its end'
laws 'FullyQualifiedName~Scenarios.SaslTests'
replace Network/Security/SaslSession.cs 'private const double Earliest = 0.85;' 'private const double Earliest = 1.85;'
