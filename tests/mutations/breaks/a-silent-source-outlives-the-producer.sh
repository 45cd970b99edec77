says 'A dispose of the producer does not end an ordered loop over a source that says nothing.'
laws 'FullyQualifiedName~PulledElementsTests'
replace Operators/SourceOrder.cs '        _elements.Writer.TryComplete(error);' '        _ = error;'
