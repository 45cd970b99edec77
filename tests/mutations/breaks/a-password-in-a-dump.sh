says 'The text of options shows the values of secret keys.'
laws 'FullyQualifiedName~TlsMaterialTests'
replace Options/OptionTable.cs 'row.IsSecret && row.Value is not null ? "(not shown)" : row.Value' 'row.Value'
