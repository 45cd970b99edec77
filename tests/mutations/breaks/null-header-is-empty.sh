says 'A null array in a header becomes an empty value.'
laws 'FullyQualifiedName~NullBytesTests'
replace RecordHeaders.cs 'Record.IsNull(value.GetValueOrDefault()) ? null : value' 'value'
