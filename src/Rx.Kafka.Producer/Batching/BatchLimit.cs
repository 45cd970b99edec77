using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// How large the batches of one partition may be: BatchSize, or less where the topic takes less (max.message.bytes). No broker tells that
/// limit to a producer, so it is learned from what is refused. The owner learns; any thread reads <see cref="Current"/>.
/// </summary>
internal sealed class BatchLimit
{
    /// <summary>So many batches are taken before a larger one is tried that is still smaller than one that was refused.</summary>
    private const int TakenToNarrow = 8;

    /// <summary>So many, before one is tried that was too large: the topic may take it by now.</summary>
    private const int TakenToProbe = 200;

    private static readonly TimeSpan ProbeAfter = TimeSpan.FromMinutes(1);

    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private int _current;
    private int _largestTaken;
    private int _smallestRefused = int.MaxValue;
    private int _takenSince;
    private long _changedAt;

    public BatchLimit(int batchSize, TimeProvider time)
    {
        _batchSize = _current = batchSize;
        _time = time;
    }

    /// <summary>In bytes, header included; at most BatchSize.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Whether the topic is known to take less than BatchSize.</summary>
    public bool IsLearned => Current < _batchSize;

    /// <summary>Nothing was taken since the last refusal: the next batch is likely to be too large as well.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>A batch of several records was too large. The limit is below its size from now on.</summary>
    public void Refused(int bytes, long now)
    {
        IsInDoubt = true;
        _smallestRefused = Math.Min(_smallestRefused, bytes);
        if (_largestTaken >= _smallestRefused)
        {
            _largestTaken = 0; // the topic took more then
        }

        // One that was filled further because it was to be compressed (R100) may be larger than BatchSize by far.
        Change(Math.Min(_batchSize, Math.Max(_largestTaken, (_smallestRefused + RecordBatchHeader.Size) / 2)), now);
    }

    /// <summary>A batch was taken.</summary>
    public void Taken(int bytes, long now)
    {
        IsInDoubt = false;
        if (bytes >= _smallestRefused)
        {
            _smallestRefused = int.MaxValue;
        }

        if (_current >= _batchSize)
        {
            return;
        }

        _takenSince++;
        _largestTaken = Math.Max(_largestTaken, bytes);
        var room = _smallestRefused == int.MaxValue ? 0 : _smallestRefused - _current;
        if (room > _current / 8 && _takenSince >= TakenToNarrow)
        {
            Change(_current + (room / 2), now);
        }
        else if (_takenSince >= TakenToProbe && _time.GetElapsedTime(_changedAt, now) >= ProbeAfter)
        {
            Change(Math.Min(_batchSize, 2L * _current), now);
        }
    }

    private void Change(long limit, long now)
    {
        Volatile.Write(ref _current, (int)limit);
        _takenSince = 0;
        _changedAt = now;
    }
}
