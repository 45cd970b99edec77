says 'Callers beside each other do not end the row of batches that lingered in vain.'
laws 'FullyQualifiedName~AdaptiveLingerTests'
replace Batching/BatchPolicy.cs 'if (count > 1 || hasCompany)' 'if (count < 0)'
