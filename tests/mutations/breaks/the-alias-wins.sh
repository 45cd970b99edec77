says 'Of two keys for one option that of librdkafka wins.'
laws 'FullyQualifiedName~PropertiesTests|FullyQualifiedName~ConfigurationFileTests'
replace Options/OptionParser.cs '.OrderByDescending(static entry => entry.Row!.IsOwnName)' '.OrderBy(static entry => entry.Row!.IsOwnName)'
