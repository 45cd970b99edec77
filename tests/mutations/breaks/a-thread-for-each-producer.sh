says 'The clock starts its thread as soon as it is made.'
laws 'FullyQualifiedName~UnusedProducerTests'
replace Concurrency/PreciseTime.cs '        _millisecond = TimestampFrequency / 1000;' '        _millisecond = TimestampFrequency / 1000;
        _thread = Start();'
