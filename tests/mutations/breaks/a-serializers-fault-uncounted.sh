says 'A record that cannot be serialized is in no counter.'
laws 'FullyQualifiedName~TypedTopicTests'
replace KafkaProducer.Typed.cs '            _core.Dispatching.Events.Refused(fault.Code);
' ''
