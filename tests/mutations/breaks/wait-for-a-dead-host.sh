says 'The control connection waits for a host that answers no sender either.'
laws 'FullyQualifiedName~FailoverTests'
replace Control/ControlLoop.cs 'if (_link.IsSilent &&' 'if (_link.IsSilent && IsDisposed &&'
