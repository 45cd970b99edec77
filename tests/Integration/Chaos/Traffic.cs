namespace Rx.Kafka.Integration.Chaos;

/// <summary>All records for one topic: its producers, each by several sinks at once, and what they said became of each.</summary>
internal sealed class Traffic
{
    private const int StreamsPerSource = 10;
    private const int Sinks = 3;

    private readonly IReadOnlyList<(string Name, KafkaProducer Producer)> _producers;
    private readonly TimeSpan _duration;
    private readonly ChaosLog _log;

    public Traffic(string topic, int partitions, IReadOnlyList<(string Name, KafkaProducer Producer)> producers, int records, TimeSpan duration, ChaosLog log)
    {
        var streams = producers.Count * Sinks * StreamsPerSource;
        Topic = topic;
        Partitions = partitions;
        Ledger = new Ledger(streams, perStream: ((records - 1) / streams) + 1);
        _producers = producers;
        _duration = duration;
        _log = log;
    }

    public string Topic { get; }

    public int Partitions { get; }

    public Ledger Ledger { get; }

    /// <summary>Until each record has its outcome.</summary>
    public Task RunAsync() => Task.WhenAll(_producers.SelectMany((player, at) => new[]
    {
        NoteAsync(player.Name, "OnNext", new PushSource(player.Producer, LoadOf((at * Sinks) + 0), Ledger).RunAsync()),
        NoteAsync(player.Name, "SendAsync", AwaitAsync(player.Producer, (at * Sinks) + 1, static source => source.SendAsync())),
        NoteAsync(player.Name, "EnqueueAsync", AwaitAsync(player.Producer, (at * Sinks) + 2, static source => source.EnqueueAsync())),
    }));

    private async Task NoteAsync(string producer, string sink, Task source)
    {
        await source;
        _log.Note($"*** {producer}: all of {sink} is decided");
    }

    private async Task AwaitAsync(KafkaProducer producer, int number, Func<AwaitingSource, Task> run)
    {
        using var source = new AwaitingSource(producer, LoadOf(number), Ledger);
        await run(source);
    }

    private Load LoadOf(int source) => new(Topic, Partitions, (source * StreamsPerSource)..((source + 1) * StreamsPerSource), Ledger.PerStream, _duration);
}
