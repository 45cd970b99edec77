says 'Demand above 2^63 becomes none.'
laws 'FullyQualifiedName~ReactiveStreams.PublisherTests'
project Rx.Kafka.ReactiveStreams
replace StreamSubscription.cs 'n > long.MaxValue - before ? long.MaxValue : before + n' 'Math.Max(0, unchecked(before + n))'
