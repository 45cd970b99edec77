says 'The runtime is not told of what an observer threw.'
laws 'FullyQualifiedName~SimulationFailureTests'
replace Sinks/DeliveryDispatcher.Observers.cs '        _context.Runtime.ObserverThrew?.Invoke(error);
' ''
