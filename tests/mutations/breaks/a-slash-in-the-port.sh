says 'PLAINTEXT://host:port/ keeps its slash, as it stands in the output of other tools.'
laws 'FullyQualifiedName~ValidationTests'
replace Options/BootstrapServers.cs "text.EndsWith('/') ? text[..^1] : text" 'text'
