says 'A connection that gives up fails the others that wait for the same token.'
laws 'FullyQualifiedName~OAuthTokensTests'
replace Network/Security/OAuthTokens.cs 'when (asking.IsCanceled && ' 'when (!asking.IsCanceled && '
