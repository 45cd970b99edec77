says 'A dispose of the producer completes the streams of an operator whose source has not ended.'
laws 'FullyQualifiedName~PushedElementsTests'
replace ProducerCore.PurgeAndClose.cs 'sink.Terminate(sink.EndsByDispose)' 'sink.Terminate(null)'
