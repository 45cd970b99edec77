says 'A sink that has ended tells a stream only when that signals again.'
laws 'FullyQualifiedName~ReactiveStreams.SubscriberEndTests'
project Rx.Kafka.ReactiveStreams
replace SinkSubscriber.cs 'static (_, self) => ((SinkSubscriber)self!).Stop()' 'static (_, _) => { }'
