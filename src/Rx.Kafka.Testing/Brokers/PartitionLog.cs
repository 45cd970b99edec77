using System.Buffers;
using System.Buffers.Binary;
using Rx.Kafka.Testing.Groups;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>One partition: its leader, its log and what it remembers of producers. Its lock guards all of it; replicas share one log.</summary>
internal sealed class PartitionLog(TopicLog topic, int index, int[] replicas)
{
    private readonly Lock _lock = new();
    private readonly StoredBatches _batches = new();
    private readonly Dictionary<long, ProducerState> _producers = [];

    // Per broker: batches below this offset were appended before its last stop.
    private readonly Dictionary<int, long> _forgotten = [];
    private readonly List<PendingAnswer<bool>> _watchers = [];
    private long _startOffset;
    private long _nextOffset;

    public int Index { get; } = index;

    public int[] Replicas { get; } = replicas;

    public int Leader { get; private set; } = replicas[0];

    public int LeaderEpoch { get; private set; }

    public (long Start, long Next) Offsets
    {
        get
        {
            lock (_lock)
            {
                return (_startOffset, _nextOffset);
            }
        }
    }

    public AppendResult Append(int broker, ReadOnlySpan<byte> records, short version, DateTimeOffset now, Cluster cluster)
    {
        lock (_lock)
        {
            if (Leader != broker)
            {
                return new(ErrorCode.NotLeaderOrFollower) { LeaderId = Leader, LeaderEpoch = LeaderEpoch };
            }

            var check = BatchCheck.Check(records, version, topic.MaxMessageBytes ?? cluster.Options.MaxMessageBytes, topic.Options);
            if (check.Error != ErrorCode.None)
            {
                return check;
            }

            var batch = new BatchView(records);
            if (batch.ProducerId >= 0)
            {
                var (error, duplicate) = Judge(batch, broker, now, cluster.Options);
                if (error != ErrorCode.None)
                {
                    return new(error);
                }

                if (duplicate is not null)
                {
                    // Kafka reports the batch's own largest timestamp as log append time here.
                    cluster.Counters.Duplicate();
                    return new(ErrorCode.None, duplicate.BaseOffset, duplicate.MaxTimestamp, _startOffset);
                }
            }

            return Store(broker, batch, now, cluster);
        }
    }

    /// <summary>Gives the partition to another broker, or to none (-1), in a new leader epoch.</summary>
    public void MoveTo(int broker)
    {
        lock (_lock)
        {
            Leader = broker;
            LeaderEpoch++;
            TellWatchers();
        }
    }

    /// <summary>Tells somebody once of the next append, the next leader, or the end of the topic.</summary>
    public void Watch(PendingAnswer<bool> watcher)
    {
        lock (_lock)
        {
            if (_watchers.Count == 0 || _watchers[^1] != watcher)
            {
                _watchers.Add(watcher);
            }
        }
    }

    public void Unwatch(PendingAnswer<bool> watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
        }
    }

    /// <summary>Tells all who watch.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            TellWatchers();
        }
    }

    /// <summary>How many bytes a reader finds from an offset on.</summary>
    public long BytesFrom(long offset)
    {
        lock (_lock)
        {
            return _batches.BytesFrom(offset);
        }
    }

    /// <summary>A broker stops: of what was appended before, its snapshot will hold only the last batch of each producer.</summary>
    public void Stopped(int broker)
    {
        lock (_lock)
        {
            _forgotten[broker] = _nextOffset;
        }
    }

    /// <summary>Forgets all producers, as after producer.id.expiration.ms.</summary>
    public void ForgetProducers()
    {
        lock (_lock)
        {
            _producers.Clear();
        }
    }

    /// <summary>Drops the whole log, as DeleteRecords does; offsets go on.</summary>
    public void Truncate()
    {
        lock (_lock)
        {
            DropDownTo(0);
        }
    }

    /// <summary>Reads stored batches from an offset on, under the lock: their memory is reused when the log drops them.</summary>
    public void Read(long offset, Func<StoredBatch, bool> visit)
    {
        lock (_lock)
        {
            foreach (var batch in _batches.From(offset))
            {
                if (!visit(batch))
                {
                    return;
                }
            }
        }
    }

    private (short Error, RememberedBatch? Duplicate) Judge(BatchView batch, int broker, DateTimeOffset now, EmbeddedKafkaOptions options)
    {
        if (_producers.TryGetValue(batch.ProducerId, out var state))
        {
            if (options.ProducerIdExpiration == Timeout.InfiniteTimeSpan || now - state.LastAppend < options.ProducerIdExpiration)
            {
                return state.Judge(batch.ProducerEpoch, batch.BaseSequence, batch.LastSequence, _forgotten.GetValueOrDefault(broker));
            }

            _producers.Remove(batch.ProducerId);
        }

        return (options.RefusesUnknownProducers && batch.BaseSequence != 0 ? ErrorCode.UnknownProducerId : ErrorCode.None, null);
    }

    private AppendResult Store(int broker, BatchView batch, DateTimeOffset now, Cluster cluster)
    {
        var baseOffset = _nextOffset;
        var length = batch.Bytes.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var stored = rented.AsSpan(0, length);
        batch.Bytes.CopyTo(stored);
        BinaryPrimitives.WriteInt64BigEndian(stored, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(stored[12..], LeaderEpoch);
        var appendTime = -1L;
        if (topic.Options.LogAppendTime)
        {
            appendTime = now.ToUnixTimeMilliseconds();
            BinaryPrimitives.WriteInt16BigEndian(stored[21..], (short)(batch.Attributes | 8));
            BinaryPrimitives.WriteInt64BigEndian(stored[35..], appendTime);
            BinaryPrimitives.WriteUInt32BigEndian(stored[17..], Crc32C.Compute(stored[21..]));
        }

        var count = batch.RecordCount;
        _batches.Add(new StoredBatch(rented, length, baseOffset, count, broker, LeaderEpoch, now) { Position = _batches.BytesAdded });
        _nextOffset += count;
        if (batch.ProducerId >= 0)
        {
            if (!_producers.TryGetValue(batch.ProducerId, out var state))
            {
                _producers[batch.ProducerId] = state = new ProducerState();
            }

            state.Appended(batch.ProducerEpoch, new(batch.BaseSequence, batch.LastSequence, baseOffset, batch.MaxTimestamp), now);
        }

        DropDownTo(cluster.Options.LogBytesPerPartition);
        cluster.Counters.Appended(count, length);
        TellWatchers();
        return new(ErrorCode.None, baseOffset, appendTime, _startOffset);
    }

    private void DropDownTo(long bytes)
    {
        while (_batches.Bytes > bytes && _batches.DropOldest() is { } oldest)
        {
            _startOffset = oldest.NextOffset;
            ArrayPool<byte>.Shared.Return(oldest.Rented);
        }
    }

    private void TellWatchers()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Tell(true);
        }

        _watchers.Clear();
    }
}
