says 'A producer id that was given up and comes again is used as it comes.'
laws 'FullyQualifiedName~RegressionTests'
replace Lanes/LaneNumbers.cs '            ids.Replace(_identity.Id);
            DropIdentity();' '            ids.Replace(_identity.Id);
            _identity = ProducerIdentity.None;'
