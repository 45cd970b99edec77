says 'The KiB of queue.buffering.max.kbytes are 1000 bytes.'
laws 'FullyQualifiedName~ConfigurationFileTests'
replace Options/KeyConverters.cs '(count * 1024).ToString' '(count * 1000).ToString'
