says 'A subscriber forgets what it has asked for already.'
laws 'FullyQualifiedName~ReactiveStreams.SubscriberTests'
project Rx.Kafka.ReactiveStreams
replace SinkSubscriber.cs '                    due = 0;' '                    due = _demand / 2;'
