says 'The end of an idle connection counts as a loss.'
laws 'FullyQualifiedName~IdleTests'
replace Network/ConnectionFault.cs 'requests.OldestSince == long.MaxValue ? new IdleEnd' 'requests.OldestSince < 0 ? new IdleEnd'
