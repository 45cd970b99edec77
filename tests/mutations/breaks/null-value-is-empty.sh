says 'A null array that is set as a value becomes an empty one, no tombstone.'
laws 'FullyQualifiedName~NullBytesTests'
replace Record.cs 'With(Present.Value, !IsNull(_value))' 'With(Present.Value, value.HasValue)'
