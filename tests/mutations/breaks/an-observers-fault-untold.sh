says 'The runtime is not told of what an observer threw.'
laws 'FullyQualifiedName~SimulationFailureTests'
replace Sinks/DeliveryDispatcher.cs '        _context.Runtime.ObserverThrew?.Invoke(error);
' ''
