says 'While one option is faulty, no rule between options is reported.'
laws 'FullyQualifiedName~ValidationTests'
replace Options/OptionRules.cs '!rule.Needs.Any(faulty.Contains)' 'faulty.Count == 0'
