says 'SCRAM takes any signature of the broker'
laws 'FullyQualifiedName~ScramExchangeTests'
replace Network/Security/ScramExchange.cs '|| !CryptographicOperations.FixedTimeEquals(signature, _serverSignature))' '|| signature.Length == 0)'
