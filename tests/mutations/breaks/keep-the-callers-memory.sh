says 'A written record that stands in line is read from its caller'"'"'s memory later.'
laws 'FullyQualifiedName~ProducerSinkTests'
replace Sinks/SinkInput.cs 'IsBorrowed = true' 'IsBorrowed = false'
