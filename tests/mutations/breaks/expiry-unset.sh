says 'A batch that is closed as it is opened wakes nobody, so a loop that can send nothing more does not learn when it expires.'
laws 'FullyQualifiedName~FaultTests.Everything_at_once'
replace Sending/SendingLoop.cs 'if (due == oldest)' 'if (due == oldest && due != long.MaxValue)'
