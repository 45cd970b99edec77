says 'A sequence is pulled on while one of its records stands in line.'
laws 'FullyQualifiedName~SendAllTests'
replace Sinks/SendAll.cs 'await waiting.Placed;' '_ = waiting;'
