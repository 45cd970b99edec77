says 'A record that is offered within a span does not carry the span in its headers.'
laws 'FullyQualifiedName~TracingTests.A_batch_of_one_caller'
replace Diagnostics/SendTracing.cs '        record = record with { Headers = [.. headers] };' ''
