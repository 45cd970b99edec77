says 'What an observer offers after the end of the source is refused.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/SinkInput.cs '(sink.Window.IsFull || sink.IsTerminated) && !IsCalledByObserver' 'sink.IsTerminated || (sink.Window.IsFull && !IsCalledByObserver)'
