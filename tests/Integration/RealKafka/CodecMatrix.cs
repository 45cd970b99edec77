using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Records of many sizes in batches of many sizes through one codec, read back by Kafka's own consumer, which checks each batch's CRC.</summary>
internal static class CodecMatrix
{
    private const int PerStream = 150;
    private static readonly int[] BatchSizes = [100, 16 * 1024, 1024 * 1024];
    private static readonly int[] RecordSizes = [10, 1000, 60_000];

    /// <summary>Publishes a stream for each pair of sizes.</summary>
    /// <returns>The codecs of the batches on the log.</returns>
    public static async Task<IReadOnlySet<string>> RunAsync(Cluster cluster, Compression compression)
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        for (var batch = 0; batch < BatchSizes.Length; batch++)
        {
            await using var producer = cluster.NewProducer(options =>
            {
                options.Compression = compression;
                options.BatchSize = BatchSizes[batch];
                options.Linger = TimeSpan.FromMilliseconds(20);
            });
            for (var size = 0; size < RecordSizes.Length; size++)
            {
                var stream = (batch * RecordSizes.Length) + size;
                using var sent = await producer.SendAllAsync(Enumerable.Range(0, PerStream).Select(n => new Record(topic, Value(stream, n, RecordSizes[size]))));
                sent.ThrowIfFailed();
            }
        }

        var found = await cluster.CheckAsync(topic, BatchSizes.Length * RecordSizes.Length, PerStream);
        Assert.True(found.ExitCode == 0, $"{found.Output}{found.Errors}");
        var dump = await cluster.RunAsync("dump", topic, "0");
        return dump.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonElement.Parse(line).GetProperty("codec").ToString().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
    }

    // Every third one compresses badly, so that batches differ.
    private static byte[] Value(int stream, int number, int size)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{stream} {number} ");
        var value = new byte[Math.Max(size, head.Length)];
        if (number % 3 == 0)
        {
            new Random(number).NextBytes(value);
        }
        else
        {
            value.AsSpan().Fill((byte)'x');
        }

        Encoding.ASCII.GetBytes(head, value);
        return value;
    }
}
