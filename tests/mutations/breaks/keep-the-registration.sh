says 'The registration of a token is kept beyond the outcome of its record.'
laws 'FullyQualifiedName~SendCompletionTests'
replace Sinks/SendCompletion.cs 'Interlocked.Exchange(ref _registration, 1) != 0 && _cancellation.Unregister()' 'Interlocked.Exchange(ref _registration, 1) > 1 && _cancellation.Unregister()'
