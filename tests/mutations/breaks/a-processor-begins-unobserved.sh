says 'A processor asks for records before somebody has subscribed to their outcomes.'
laws 'FullyQualifiedName~ReactiveStreams.ProcessorTests'
project Rx.Kafka.ReactiveStreams
replace SinkProcessor.cs '_input = new SinkSubscriber(sink, demand);' '_input = new SinkSubscriber(sink, demand);
        _input.Begin();'
