says 'Metadata is asked only when an overdue request has cost its connection.'
laws 'FullyQualifiedName~FailoverTests'
replace Network/BrokerLink.cs '                _owner.Overdue();' '                _ = _owner;'
