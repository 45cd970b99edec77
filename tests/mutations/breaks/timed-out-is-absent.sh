says 'REQUEST_TIMED_OUT (7) counts as proof that nothing was written.'
laws 'FullyQualifiedName~ErrorCodeTests|FullyQualifiedName~FaultTests.Persistence_of_batches'
replace Lanes/AnswerVerdict.cs 'error.Appended == Appended.No &&' '(error.Appended == Appended.No || answer.ErrorCode == 7) &&'
