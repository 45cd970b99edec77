says 'A broker loop that is made after a purge does not hear of it.'
laws 'FullyQualifiedName~LeaderRouterTests'
replace Sending/LeaderRouter.cs '        if (_purged is { } purged)' '        if (_purged is { Generation: < 0 } purged)'
