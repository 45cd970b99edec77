using BenchmarkDotNet.Attributes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Benchmarks;

/// <summary>The checksum of a batch; it is done once for each byte that is sent.</summary>
public class CrcBenchmarks
{
    private byte[] _data = [];

    [Params(100, 1024, 16384, 1048576)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = new byte[Bytes];
        new Random(1).NextBytes(_data);
    }

    [Benchmark]
    public uint Crc() => Crc32C.Finish(Crc32C.Append(Crc32C.Start, _data));
}
