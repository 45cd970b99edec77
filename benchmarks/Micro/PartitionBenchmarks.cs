using BenchmarkDotNet.Attributes;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Benchmarks;

/// <summary>The choice of a partition, made once for each record.</summary>
public class PartitionBenchmarks
{
    private static readonly byte[] Key8 = "user-123"u8.ToArray();
    private static readonly byte[] Key36 = "7d444840-9dc0-11d1-b245-5ffdce74fad2"u8.ToArray();

    private readonly TopicPartitions _partitions = new("bench", 6, [0, 1, 2, 3, 4, 5]);
    private readonly StickyPartitioner _sticky = new(stickyBytes: 16384, adaptive: true, TimeSpan.Zero, new Random(1));
    private readonly IPartitioner _roundRobin = Partitioners.RoundRobin;
    private readonly Record _record = new("bench", new byte[100]);

    [Benchmark]
    public int Murmur2OfEightBytes() => Murmur2.Partition(Key8, 6);

    [Benchmark]
    public int Murmur2OfThirtySixBytes() => Murmur2.Partition(Key36, 6);

    [Benchmark]
    public int Sticky()
    {
        var partition = _sticky.Current(_partitions);
        _sticky.Appended(partition, bytes: 106, batchesFull: false);
        return partition;
    }

    [Benchmark]
    public int RoundRobin() => _roundRobin.Partition(_record, _partitions);
}
