says 'A failure halts what came before it too.'
laws 'FullyQualifiedName~HaltTests'
replace Lanes/LaneOutcomes.Halt.cs 'in undecided.After(batch)' 'in undecided.All'
