says 'An address that may hold a password is repeated in its fault.'
laws 'FullyQualifiedName~PropertiesTests'
replace Options/OptionRules.cs 'faults.Add(!isSecret && !BootstrapServer.MayHoldSecret(text) ?' 'faults.Add(text is not null ?'
