says 'A reader that is given two tokens looks at one of them only.'
laws 'FullyQualifiedName~AsyncReaderTests'
replace Sinks/AsyncReader.cs '_either?.Token ?? (' '('
