says 'The streams of a sink end before the log has told why.'
laws 'FullyQualifiedName~ProducerSinkTests'
replace Sinks/SinkInput.cs 'var isInside = sink.TryEnter();' 'var isInside = false;'
