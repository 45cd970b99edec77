namespace Rx.Kafka.Batching;

/// <summary>
/// Counts, per flush generation, the batches and waiting records that have no outcome yet: a flush closes the current generation and
/// waits until everything up to it is decided. Later records belong to the next generation and do not extend it.
/// </summary>
internal sealed class FlushTracker
{
    private readonly Lock _lock = new();
    private readonly List<Generation> _generations = [new(0)];
    private readonly List<(long Upto, TaskCompletionSource Done)> _waiting = [];
    private long _current;

    /// <summary>The generation that new records belong to.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Whether a flush has been asked for that includes this generation.</summary>
    public bool IsFlushing(long generation) => generation < Current;

    /// <summary>Counts one more undecided batch or waiting record.</summary>
    /// <returns>Its generation.</returns>
    public long Enter()
    {
        lock (_lock)
        {
            _generations[^1].Pending++;
            return _current;
        }
    }

    /// <summary>
    /// A batch takes a waiting record of an older generation: from now on it counts in that one, and the record no longer by itself.
    /// </summary>
    /// <returns>The batch's generation, the lower of the two.</returns>
    public long Join(long batch, long record)
    {
        if (record < batch)
        {
            // The record's own count becomes the batch's.
            Leave(batch);
            return record;
        }

        Leave(record);
        return batch;
    }

    /// <summary>One of that generation is decided.</summary>
    public void Leave(long generation)
    {
        List<TaskCompletionSource>? done = null;
        lock (_lock)
        {
            Find(generation).Pending--;
            Settle(ref done);
        }

        Complete(done);
    }

    /// <summary>Ends the current generation; the task completes when it and all before are decided.</summary>
    public Task Flush()
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<TaskCompletionSource>? done = null;
        lock (_lock)
        {
            _waiting.Add((_current, flush));
            Volatile.Write(ref _current, _current + 1);
            _generations.Add(new Generation(_current));
            Settle(ref done);
        }

        Complete(done);
        return flush.Task;
    }

    private static void Complete(List<TaskCompletionSource>? done)
    {
        // Null for nearly every batch: an empty list here would be made each time.
        if (done is null)
        {
            return;
        }

        foreach (var source in done)
        {
            source.TrySetResult();
        }
    }

    private Generation Find(long number) => _generations[(int)(number - _generations[0].Number)];

    private void Settle(ref List<TaskCompletionSource>? done)
    {
        while (_generations.Count > 1 && _generations[0].Pending == 0)
        {
            _generations.RemoveAt(0);
        }

        for (var i = 0; i < _waiting.Count && _waiting[i].Upto < _generations[0].Number;)
        {
            (done ??= []).Add(_waiting[i].Done);
            _waiting.RemoveAt(i);
        }
    }

    private sealed class Generation(long number)
    {
        public long Number { get; } = number;

        public int Pending { get; set; }
    }
}
