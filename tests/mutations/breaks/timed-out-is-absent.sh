says 'REQUEST_TIMED_OUT (7) counts as proof that nothing was written.'
laws 'FullyQualifiedName~FaultTests|FullyQualifiedName~ErrorCodeTests'
replace Sending/BatchVerdict.cs 'error.Appended == Appended.No &&' '(error.Appended == Appended.No || answer.ErrorCode == 7) &&'
