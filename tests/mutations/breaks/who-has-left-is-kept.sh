says 'A subscription keeps a subscriber that has cancelled.'
laws 'FullyQualifiedName~ReactiveStreams.PublisherTests'
project Rx.Kafka.ReactiveStreams
replace StreamSubscription.cs 'if (Interlocked.Exchange(ref _subscriber, null) is not null)' 'if (_subscriber is not null)'
