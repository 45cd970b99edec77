says 'A typed record that stands in line keeps memory that the next one is serialized into.'
laws 'FullyQualifiedName~TypedTopicTests'
replace KafkaProducer.Typed.cs 'copyToWait: true' 'copyToWait: false'
