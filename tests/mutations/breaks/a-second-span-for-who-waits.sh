says 'A record that is offered again, with an await of its own, begins another span.'
laws 'law=L60'
replace Admission/RecordAdmission.cs ' && offer.Trace is null' ''
