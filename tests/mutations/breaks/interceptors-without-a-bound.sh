says 'Outcomes of enqueued records that interceptors have not seen grow without bound.'
laws 'FullyQualifiedName~InterceptorTests'
replace Sinks/EnqueueCompletion.cs 'var behind = interceptors is { IsCaller: false } ? interceptors : null;' 'InterceptorChain? behind = null;'
