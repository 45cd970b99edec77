says 'What a credential function throws is kept as the cause of the error.'
laws 'FullyQualifiedName~SecretsTests'
replace Network/Security/SaslFailure.cs '            _ => $"There is no credential for SASL {mechanism} to {broker}: getting it failed with {cause.GetType().Name}.",
        });' '            _ => $"There is no credential for SASL {mechanism} to {broker}: getting it failed with {cause.GetType().Name}.",
        },
        cause);'
