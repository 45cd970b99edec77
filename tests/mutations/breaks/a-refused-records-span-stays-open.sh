says 'The span of a record that never came into a batch does not end.'
laws 'law=L60'
replace Diagnostics/RecordTrace.cs '            guard.Run(span, static ended => ended.Stop());' '            guard.Run(span, static _ => { });'
