namespace Rx.Kafka.Integration.Chaos;

/// <summary>All records for one topic: its producers, each by several faces at once, and what they said became of each.</summary>
internal sealed class Traffic
{
    private const int StreamsPerSource = 10;
    private const int Faces = 3;

    private readonly IReadOnlyList<KafkaProducer> _producers;
    private readonly TimeSpan _duration;

    public Traffic(string topic, int partitions, IReadOnlyList<KafkaProducer> producers, int records, TimeSpan duration)
    {
        var streams = producers.Count * Faces * StreamsPerSource;
        Topic = topic;
        Partitions = partitions;
        Ledger = new Ledger(streams, perStream: ((records - 1) / streams) + 1);
        _producers = producers;
        _duration = duration;
    }

    public string Topic { get; }

    public int Partitions { get; }

    public Ledger Ledger { get; }

    /// <summary>Until each record has its outcome.</summary>
    public async Task RunAsync()
    {
        var sources = _producers.SelectMany((producer, at) => new[]
        {
            new PushSource(producer, LoadOf((at * Faces) + 0), Ledger).RunAsync(),
            AwaitAsync(producer, (at * Faces) + 1, static source => source.SendAsync()),
            AwaitAsync(producer, (at * Faces) + 2, static source => source.EnqueueAsync()),
        });
        await Task.WhenAll(sources);
    }

    private async Task AwaitAsync(KafkaProducer producer, int number, Func<AwaitingSource, Task> run)
    {
        using var source = new AwaitingSource(producer, LoadOf(number), Ledger);
        await run(source);
    }

    private Load LoadOf(int source) => new(Topic, Partitions, (source * StreamsPerSource)..((source + 1) * StreamsPerSource), Ledger.PerStream, _duration);
}
