using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;

namespace Rx.Kafka.Integration.Embedded.Consumers;

/// <summary>A consumer of Confluent.Kafka on a thread of its own, and what it read: of each partition the numbers that stand in the values, in their order.</summary>
internal sealed class Readings : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(int Partition, int Number)> _read = new();
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly Task _running;
    private volatile int _assigned;
    private volatile bool _crashes;

    public Readings(ConsumerConfig config, string topic) =>
        _running = Task.Factory.StartNew(() => Read(config, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>How many partitions it has now.</summary>
    public int Assigned => _assigned;

    public int Count => _read.Count;

    public IReadOnlyList<(int Partition, int Number)> All => [.. _read];

    public string Troubles => string.Join('\n', _troubles);

    public static ConsumerConfig Config(IEnumerable<string> servers, string group) => new()
    {
        BootstrapServers = string.Join(',', servers),
        GroupId = group,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        HeartbeatIntervalMs = 200,
        FetchWaitMaxMs = 200,
        ReconnectBackoffMaxMs = 500,
    };

    /// <summary>Leaves the group, with what it has read committed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Goes without a word to the group: nothing more is committed, nobody is told.</summary>
    public Task CrashAsync()
    {
        _crashes = true;
        return DisposeAsync().AsTask();
    }

    private void Read(ConsumerConfig config, string topic)
    {
        var consumer = new ConsumerBuilder<Ignore, string>(config)
            .SetErrorHandler((_, error) => _troubles.Enqueue(error.ToString()))
            .SetLogHandler((_, log) => _troubles.Enqueue(log.Message))
            .SetPartitionsAssignedHandler((_, added) => _assigned += added.Count)
            .SetPartitionsRevokedHandler((_, gone) => _assigned -= gone.Count)
            .SetPartitionsLostHandler((_, gone) => _assigned -= gone.Count)
            .Build();
        try
        {
            consumer.Subscribe(topic);
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Consume(Look) is { } result)
                {
                    _read.Enqueue((result.Partition.Value, int.Parse(result.Message.Value, CultureInfo.InvariantCulture)));
                }
            }

            if (!_crashes)
            {
                consumer.Close();
            }
        }
        finally
        {
            consumer.Dispose();
        }
    }
}
