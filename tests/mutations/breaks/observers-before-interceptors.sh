says 'Awaits go on before interceptors are told.'
laws 'FullyQualifiedName~InterceptorTests'
replace Sinks/InterceptedCompletion.cs '        chain.Post(this, outcome' '        GoOn(); chain.Post(this, outcome'
