says 'Keys of TLS without security.protocol are ignored, and everything goes in the clear.'
laws 'FullyQualifiedName~Properties.Options'
replace Options/SecurityProtocols.cs '        if (said is null)
' '        if (said is null && names.Count > 99)
'
