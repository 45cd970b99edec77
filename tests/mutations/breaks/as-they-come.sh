says 'With preserveSourceOrder the reader does not wait for the element that is next.'
laws 'FullyQualifiedName~PulledElementsTests'
replace Operators/SourceOrder.cs 'while (!element.IsDone)' 'while (element.IsDone)'
