using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>What a partition remembers of one producer: its epoch and its last five batches (protocol.md section 6.1).</summary>
internal sealed class ProducerState
{
    private const int Remembered = 5;

    private readonly List<RememberedBatch> _batches = [];
    private short _epoch = -1;

    public DateTimeOffset LastAppend { get; private set; }

    /// <summary>Judges a batch as a broker that has forgotten what <paramref name="forgotten"/> says: 0 and a batch = a duplicate, 0 and null = to be appended.</summary>
    public (short Error, RememberedBatch? Duplicate) Judge(short epoch, int firstSequence, int lastSequence, long forgotten)
    {
        if (_epoch == -1)
        {
            return (ErrorCode.None, null);
        }

        if (epoch == _epoch && Find(firstSequence, lastSequence, forgotten) is { } duplicate)
        {
            return (ErrorCode.None, duplicate);
        }

        if (epoch < _epoch)
        {
            return (ErrorCode.InvalidProducerEpoch, null);
        }

        var expected = epoch > _epoch ? 0 : Sequences.Add(_batches[^1].LastSequence, 1);
        return (firstSequence == expected ? ErrorCode.None : ErrorCode.OutOfOrderSequence, null);
    }

    public void Appended(short epoch, RememberedBatch batch, DateTimeOffset now)
    {
        LastAppend = now;
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _batches.Clear();
        }

        _batches.Add(batch);
        if (_batches.Count > Remembered)
        {
            _batches.RemoveAt(0);
        }
    }

    /// <summary>From newest to oldest: what was appended after the broker's last stop is known, and of the rest only the newest, which its snapshot holds.</summary>
    private RememberedBatch? Find(int firstSequence, int lastSequence, long forgotten)
    {
        for (var i = _batches.Count - 1; i >= 0; i--)
        {
            var batch = _batches[i];
            if (batch.FirstSequence == firstSequence && batch.LastSequence == lastSequence)
            {
                return batch;
            }

            if (batch.BaseOffset < forgotten)
            {
                break;
            }
        }

        return null;
    }
}
