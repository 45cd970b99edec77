says 'A reader that leaves while its source is about to wait leaves it waiting.'
laws 'FullyQualifiedName~A_reader_that_leaves_lets_its_source_go_on'
replace Sinks/AsyncReader.cs 'return !_isDisposed && _channel' 'return _channel'
