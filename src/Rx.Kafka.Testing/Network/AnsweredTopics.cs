using System.Text;

namespace Rx.Kafka.Testing.Network;

/// <summary>The topics of an <see cref="AnsweringTransport"/>: names as bytes, and the next offset of each partition.</summary>
internal sealed class AnsweredTopics
{
    private (byte[] Name, long[] Next)[] _topics = [];
    private long _records;
    private long _batches;
    private long _requests;

    public long Records => Interlocked.Read(ref _records);

    public long Batches => Interlocked.Read(ref _batches);

    public long Requests => Interlocked.Read(ref _requests);

    public void Add(string name, int partitions) => _topics = [.. _topics, (Encoding.UTF8.GetBytes(name), new long[partitions])];

    public void Requested() => Interlocked.Increment(ref _requests);

    public long[]? Find(ReadOnlySpan<byte> name)
    {
        foreach (var topic in _topics)
        {
            if (name.SequenceEqual(topic.Name))
            {
                return topic.Next;
            }
        }

        return null;
    }

    /// <summary>Gives a batch its offsets; -1 = there is no such partition.</summary>
    public long Append(long[]? partitions, int index, int records)
    {
        if (partitions is null || (uint)index >= (uint)partitions.Length)
        {
            return -1;
        }

        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _records, records);
        return Interlocked.Add(ref partitions[index], records) - records;
    }
}
