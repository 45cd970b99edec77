says 'One lane that must bump makes all lanes bump.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Sending/ProducerIds.cs '    private bool _isAsking;' '    private bool _isAsking;
    public int Bumps;'
replace Sending/LaneNumbers.cs '    private int _gapAt = NoGap;' '    private int _gapAt = NoGap;
    private int _bumps;'
replace Sending/LaneNumbers.cs '        if (_mustBump)
        {' '        if (_bumps != ids.Bumps)
        {
            _bumps = ids.Bumps;
            _mustBump |= !_identity.IsNone;
        }

        if (_mustBump)
        {'
replace Sending/LaneNumbers.cs '        _mustBump = false;
        _gapAt = NoGap;
        _nextSequence = 0;' '        _mustBump = false;
        _gapAt = NoGap;
        _nextSequence = 0;
        _bumps = ++ids.Bumps;'
