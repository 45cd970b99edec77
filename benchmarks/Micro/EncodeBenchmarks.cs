using BenchmarkDotNet.Attributes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Benchmarks;

/// <summary>One record written into a batch's memory.</summary>
public class EncodeBenchmarks
{
    private readonly byte[] _destination = new byte[4096];
    private readonly byte[] _key = new byte[8];
    private readonly RecordHeaders _headers = [new("trace", new byte[16]), new("source", new byte[4])];
    private byte[] _value = [];

    [Params(100, 1000)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _value = new byte[ValueBytes];

    [Benchmark(Baseline = true)]
    public int Value() => Encode(key: null, headers: null);

    [Benchmark]
    public int KeyAndValue() => Encode(_key, headers: null);

    [Benchmark]
    public int KeyValueAndTwoHeaders() => Encode(_key, _headers);

    private int Encode(byte[]? key, RecordHeaders? headers)
    {
        var body = RecordEncoder.BodySize(timestampDelta: 3, offsetDelta: 17, key?.Length ?? -1, _value.Length, headers);
        var total = RecordEncoder.TotalSize(body);
        RecordEncoder.Write(_destination.AsSpan(0, total), body, timestampDelta: 3, offsetDelta: 17, key, key is null, _value, valueIsNull: false, headers);
        return total;
    }
}
