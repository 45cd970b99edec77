says 'A look at the producer does not see the records that stand in line.'
laws 'FullyQualifiedName~StatusTests.Records_and_callers_in_line'
replace Admission/TopicAdmission.cs '        _waiting.AddTo(look);' ''
