says 'The words of a broker are shown with the secret that they repeat'
laws 'FullyQualifiedName~SaslLoginTests'
replace Network/Security/PlainExchange.cs 'SaslText.Without(words, credential.Password)' 'words'
