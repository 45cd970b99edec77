says 'A compressed batch is split as if its bytes were records.'
laws 'FullyQualifiedName~Scenarios.CompressionTests'
replace Lanes/LaneActions.cs 'if (!batch.TryMakePlain())
        {
            return false;
        }' ''
