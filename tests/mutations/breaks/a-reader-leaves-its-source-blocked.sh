says 'A reader that leaves while its source is about to wait leaves it waiting.'
laws 'FullyQualifiedName~A_reader_that_leaves_lets_its_source_go_on'
replace Sinks/AsyncReader.cs '            Interlocked.Exchange(ref _holdsBack, 1);
            return !_isDisposed && _channel' '            Thread.Yield(); // as if the thread lost the processor here, which it seldom does in a run
            Interlocked.Exchange(ref _holdsBack, 1);
            return _channel'
