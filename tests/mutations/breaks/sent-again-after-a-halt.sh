says 'What is in flight beside a failed record of a halting sink is sent again.'
laws 'FullyQualifiedName~HaltTests'
replace Lanes/LaneActions.cs 'batch.Delivery.OmittedBy is { } omitted && LaneRules.SendsAgain(action)' 'batch.Delivery.OmittedBy is { } omitted && action == LaneAction.Prove'
