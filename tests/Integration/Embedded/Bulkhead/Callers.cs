namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>The sources of one measurement: one a partition, or one for all. Pushing ones have a thread each, as a source that may block; awaiting ones are tasks.</summary>
internal sealed class Callers
{
    public const int RecordBytes = 1000;

    private const int StackBytes = 128 * 1024;

    private readonly KafkaProducer _producer;
    private readonly Caller[] _callers;
    private readonly List<Task> _running = [];
    private volatile bool _ended;

    public Callers(KafkaProducer producer, int partitions, Feeding feeding, Way way, int recordBytes = RecordBytes, int pacedBytes = Scale.MostPacedBytes)
    {
        _producer = producer;
        var isKeyless = feeding is Feeding.Unkeyed or Feeding.UnkeyedFlatOut;
        var isFlatOut = feeding is Feeding.FlatOut or Feeding.UnkeyedFlatOut;
        var count = isKeyless ? 1 : partitions;
        _callers = [.. Enumerable.Range(0, count).Select(i => new Caller(isKeyless ? null : i, recordBytes, new Pace(pacedBytes / (double)recordBytes / count, i / (double)count) { IsOff = isFlatOut }))];
        foreach (var caller in _callers)
        {
            _running.Add(way == Way.Push ? OnThread(() => Push(caller)) : Task.Run(() => EnqueueAsync(caller)));
        }
    }

    /// <summary>Records accepted of these partitions' callers.</summary>
    public long Accepted(Func<int, bool> partitions) => Of(partitions).Sum(static caller => Volatile.Read(ref caller.Accepted));

    /// <summary>These partitions' callers no longer keep to their pace: whatever can be taken from the others is taken at once.</summary>
    public void Rush(Func<int, bool> partitions)
    {
        foreach (var caller in Of(partitions))
        {
            caller.Pace.IsOff = true;
        }
    }

    /// <summary>Says that it is over; who stands in line leaves it when the producer is disposed.</summary>
    public void Stop() => _ended = true;

    public Task Ended() => Task.WhenAll(_running);

    private static Task OnThread(Action body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(
            () =>
            {
                body();
                done.SetResult();
            },
            StackBytes)
        { IsBackground = true }.Start();
        return done.Task;
    }

    private IEnumerable<Caller> Of(Func<int, bool> partitions) => _callers.Where(caller => caller.Partition is { } partition && partitions(partition));

    private void Push(Caller caller)
    {
        while (!_ended)
        {
            if (caller.Pace.Wait() is { } pause)
            {
                Thread.Sleep(pause);
                continue;
            }

            _producer.OnNext(caller.Record);
            caller.Accepted++;
        }
    }

    private async Task EnqueueAsync(Caller caller)
    {
        try
        {
            while (!_ended)
            {
                if (caller.Pace.Wait() is { } pause)
                {
                    await Task.Delay(pause);
                    continue;
                }

                // Its acknowledgement is nobody's business here.
                _ = await _producer.EnqueueAsync(caller.Record);
                caller.Accepted++;
            }
        }
        catch (Exception e) when (_ended && e is KafkaProduceException or ObjectDisposedException)
        {
            // Stood in line when the producer was disposed, or came after.
        }
    }

    private sealed class Caller(int? partition, int recordBytes, Pace pace)
    {
        public long Accepted;

        public int? Partition { get; } = partition;

        public Pace Pace { get; } = pace;

        public Record Record { get; } = new Record(Outage.Topic, new byte[recordBytes]) { Partition = partition };
    }
}
