using System.Text.Json.Nodes;
using Rx.Kafka.Properties.Protocol;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>The brokers' batch decoder against batches that Kafka, kafka-python and librdkafka wrote.</summary>
public class BatchVectorTests
{
    public static TheoryData<string> Files => ["batches-java", "batches-kafka-python", "batches-librdkafka"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Batches_of_three_implementations_are_read_back_as_they_were_written(string file)
    {
        var decoded = 0;
        foreach (var vector in VectorFile.Cases($"{file}.json"))
        {
            var bytes = vector.Hex("hex");
            foreach (var expected in vector["batches"] is JsonArray several ? several.ToList() : [vector])
            {
                var length = 12 + new BatchView(bytes).BatchLength;
                decoded += Compare(vector.Text("name"), expected!, bytes.AsSpan(0, length));
                bytes = bytes[length..];
            }
        }

        Assert.True(decoded > 20, $"only {decoded} batches");
    }

    [Fact]
    public void A_flipped_bit_anywhere_behind_the_CRC_is_seen()
    {
        var bytes = RawBatch.Make(5, producerId: 7, epoch: 0, sequence: 0);
        for (var bit = 21 * 8; bit < bytes.Length * 8; bit++)
        {
            var copy = bytes.ToArray();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ErrorCode.CorruptMessage, BatchCheck.Check(copy, 9, 1_000_000, new TopicOptions()).Error);
        }
    }

    private static int Compare(string name, JsonNode expected, ReadOnlySpan<byte> bytes)
    {
        var view = new BatchView(bytes);
        Assert.True(view.CrcMatches, name);
        Assert.Equal(expected.Int("attributes"), view.Attributes);
        Assert.Equal(expected.Long("producerId"), view.ProducerId);
        Assert.Equal(expected.Int("baseSequence"), view.BaseSequence);
        if (view.Control)
        {
            return 0;
        }

        var records = new List<LogRecord>();
        LogReader.Decode(name, 0, bytes, records);
        Assert.Equal(view.RecordCount, records.Count);
        var listed = expected["records"]!.AsArray();
        for (var i = 0; i < listed.Count; i++)
        {
            var record = listed[i]!;
            Assert.Equal(record.HexOrNull("key_hex"), records[i].Key?.ToArray());
            Assert.Equal(record.HexOrNull("value_hex"), records[i].Value?.ToArray());
            Assert.Equal(record.Long("offset"), records[i].Offset);
            Assert.Equal(record.Long("timestamp"), records[i].Timestamp.ToUnixTimeMilliseconds());
            Assert.Equal(
                record["headers"]!.AsArray().Select(h => $"{h!.Text("key")}={(string?)h!["value_hex"] ?? "null"}"),
                records[i].Headers.Select(h => $"{h.Key}={(h.Value is { } v ? Convert.ToHexStringLower(v.Span) : "null")}"));
        }

        return 1;
    }
}
