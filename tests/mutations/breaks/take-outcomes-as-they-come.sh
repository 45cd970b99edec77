says 'What a span offers after a refused record takes the place of that one.'
laws 'FullyQualifiedName~SendAllTests'
replace Sinks/SendAll.cs '_pending.Enqueue(new PendingSend(Source: null, 0, Waiting: null, offer.Error));' '_results.Add(new Delivery<int>(_results.Count, offer.Error!), offer.Error);'
