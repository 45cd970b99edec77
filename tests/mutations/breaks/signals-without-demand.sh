says 'A subscriber that has asked for nothing gets all that comes.'
laws 'FullyQualifiedName~ReactiveStreams.PublisherTests'
project Rx.Kafka.ReactiveStreams
replace StreamSubscription.cs 'Volatile.Read(ref _demand) == 0 &&' 'Volatile.Read(ref _demand) == long.MinValue &&'
