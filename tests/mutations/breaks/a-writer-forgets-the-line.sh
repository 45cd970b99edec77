says 'A record that was placed at once makes a writer forget the one that stands in line.'
laws 'FullyQualifiedName~ProducerSinkTests'
replace Sinks/SinkWriter.cs '        if (!line.IsCompleted)' '        if (line is not null)'
