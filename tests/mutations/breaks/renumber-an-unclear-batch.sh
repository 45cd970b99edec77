says 'A batch that may be on the log and is refused as out of order gets new numbers, as in Java.'
laws 'FullyQualifiedName~BrokerMemoryTests'
replace Lanes/LaneRules.cs 'new(7, LaneAction.AskLater)' 'new(7, facts.HasEarlier ? LaneAction.SendAfterEarlier : LaneAction.Renumber)'
