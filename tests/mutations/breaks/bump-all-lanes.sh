says 'One lane that must bump makes all lanes bump.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/ProducerIds.cs '    private bool _isWanted;' '    private bool _isWanted;
    public int Bumps;'
replace Lanes/LaneNumbers.cs '    private int _gapAt = NoGap;' '    private int _gapAt = NoGap;
    private int _bumps;'
replace Lanes/LaneNumbers.cs '        if (_are != NumbersAre.Valid)
        {' '        if (_bumps != ids.Bumps)
        {
            _bumps = ids.Bumps;
            _are = _are == NumbersAre.Valid && !_identity.IsNone ? NumbersAre.Ended : _are;
        }

        if (_are != NumbersAre.Valid)
        {'
replace Lanes/LaneNumbers.cs '        _are = NumbersAre.Valid;
        _gapAt = NoGap;
        _nextSequence = 0;' '        _are = NumbersAre.Valid;
        _gapAt = NoGap;
        _nextSequence = 0;
        _bumps = ++ids.Bumps;'
