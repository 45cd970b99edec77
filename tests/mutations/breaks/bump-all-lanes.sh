says 'One lane that must bump makes all lanes bump.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/ProducerIds.cs '    private bool _isWanted;' '    private bool _isWanted;
    public int Bumps;'
replace Lanes/LaneNumbers.cs '    private int _gapAt = NoGap;' '    private int _gapAt = NoGap;
    private int _bumps;'
replace Lanes/LaneNumbers.cs '        if (_mustBump)
        {' '        if (_bumps != ids.Bumps)
        {
            _bumps = ids.Bumps;
            _mustBump |= !_identity.IsNone;
        }

        if (_mustBump)
        {'
replace Lanes/LaneNumbers.cs '        _mustBump = false;
        _gapAt = NoGap;
        _nextSequence = 0;' '        _mustBump = false;
        _gapAt = NoGap;
        _nextSequence = 0;
        _bumps = ++ids.Bumps;'
