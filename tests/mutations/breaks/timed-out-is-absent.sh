says 'REQUEST_TIMED_OUT (7) counts as proof that nothing was written.'
laws 'FullyQualifiedName~ErrorCodeTests|FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Lanes/LaneRules.cs 'ErrorTable.Get(answer.ErrorCode).Appended == Appended.No &&' '(ErrorTable.Get(answer.ErrorCode).Appended == Appended.No || answer.ErrorCode == 7) &&'
