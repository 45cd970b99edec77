says 'A record that the stream signals after the end of the sink has no outcome.'
laws 'FullyQualifiedName~ReactiveStreams.SubscriberEndTests'
project Rx.Kafka.ReactiveStreams
replace SinkSubscriber.cs 'if (!_isLeft)' 'if (_isLeft)'
