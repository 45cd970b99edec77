using Rx.Kafka.Testing;

namespace Rx.Kafka.Tool.Broker;

/// <summary>Counts what comes in between two looks. Any thread.</summary>
internal sealed class Arrivals
{
    private const int MostKinds = 1000; // names are the clients' choice

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Topic, string Client), (long Records, long Bytes)> _produced = [];
    private readonly HashSet<string> _clients = new(StringComparer.Ordinal);
    private readonly Queue<string> _news = [];

    /// <summary>Counts a request.</summary>
    public void Add(ReceivedRequest request)
    {
        lock (_lock)
        {
            if (_clients.Count < MostKinds && _clients.Add(request.ClientId))
            {
                _news.Enqueue($"client '{request.ClientId}' is here: {request.Key} {request.Version} to broker {request.Broker}");
            }

            foreach (var batch in request.Batches)
            {
                var kind = (batch.Topic, request.ClientId);
                if (_produced.Count < MostKinds || _produced.ContainsKey(kind))
                {
                    var (records, bytes) = _produced.GetValueOrDefault(kind);
                    _produced[kind] = (records + Math.Max(batch.RecordCount, 0), bytes + batch.Bytes);
                }
            }
        }
    }

    /// <summary>One line each for what came since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            var lines = _news.Concat(_produced.Select(static one =>
                $"{one.Key.Topic}: {Showing.Amounts.Count(one.Value.Records)} records, {Showing.Amounts.Bytes(one.Value.Bytes)}, from "
                + $"'{one.Key.Client}'")).ToList();
            _news.Clear();
            _produced.Clear();
            return lines;
        }
    }
}
