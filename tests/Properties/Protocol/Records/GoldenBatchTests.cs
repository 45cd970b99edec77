using System.Text;
using System.Text.Json.Nodes;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>Our batches and those of Kafka, kafka-python and librdkafka are the same bytes.</summary>
public sealed class GoldenBatchTests
{
    public static TheoryData<string, string> Uncompressed => Batches(fields => (fields.Attributes & 7) == 0);

    public static TheoryData<string, string> Compressed => Batches(fields => (fields.Attributes & 7) != 0);

    [Theory]
    [MemberData(nameof(Uncompressed))]
    public void A_batch_is_reproduced_to_the_byte(string file, string name)
    {
        foreach (var golden in Split(Node(file, name).Hex("hex")))
        {
            // The records come out of the golden bytes by a decoder of the tests' own, which is itself compared with what Kafka read.
            var batch = BatchDecoder.Read(golden);
            if ((batch.Fields.Attributes & 7) == 0)
            {
                AssertSameBatch(golden, BatchEncoding.Encode(batch));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Uncompressed))]
    public void The_tests_decoder_reads_what_Kafka_reads(string file, string name)
    {
        var node = Node(file, name);
        var described = node["batches"]?.AsArray() ?? [node.DeepClone()];
        foreach (var (golden, expected) in Split(node.Hex("hex")).Zip(described))
        {
            var batch = BatchDecoder.Read(golden);
            Assert.Equal(expected!.Int("recordCount"), batch.Fields.RecordCount);
            Assert.Equal(expected!.Int("lastOffsetDelta"), batch.Fields.LastOffsetDelta);
            Assert.Equal(expected!.Long("baseTimestamp"), batch.Fields.BaseTimestamp);
            Assert.Equal(expected!.Long("maxTimestamp"), batch.Fields.MaxTimestamp);
            Assert.Equal(expected!.Long("producerId"), batch.Fields.ProducerId);
            Assert.Equal(expected!.Int("producerEpoch"), batch.Fields.ProducerEpoch);
            Assert.Equal(expected!.Int("baseSequence"), batch.Fields.BaseSequence);
            Assert.Equal(expected!.Int("attributes"), batch.Fields.Attributes);
            if (batch.Records.Length > 0)
            {
                // With LogAppendTime a reader takes the batch's timestamp for every record.
                var logAppendTime = (batch.Fields.Attributes & 8) != 0;
                var read = batch.Records.Select(r => logAppendTime ? r with { TimestampDelta = batch.Fields.MaxTimestamp - batch.Fields.BaseTimestamp } : r);
                Assert.Equal(Records(expected!, batch.Fields), read.Take(expected!["records"]!.AsArray().Count).Select(r => r.ToString()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void The_records_inside_a_compressed_batch_are_the_same_bytes_before_compression(string file, string name)
    {
        foreach (var expected in Node(file, name)["batches"]?.AsArray().Where(b => b!["recordsUncompressedHex"] is not null) ?? [])
        {
            var golden = expected!.Hex("recordsUncompressedHex");
            var records = BatchDecoder.ReadRecords(golden, expected!.Int("recordCount"));
            Assert.Equal(Convert.ToHexStringLower(golden), Convert.ToHexStringLower(BatchEncoding.EncodeRecords(records)));
        }
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void The_header_of_a_compressed_batch_is_reproduced_to_the_byte(string file, string name)
    {
        foreach (var golden in Split(Node(file, name).Hex("hex")))
        {
            AssertSameBatch(golden, BatchEncoding.Encode(BatchDecoder.Read(golden).Fields, golden[61..]));
        }
    }

    private static void AssertSameBatch(byte[] golden, byte[] ours)
    {
        // Base offset and leader epoch are the broker's to write, and lie outside the checksum.
        Assert.Equal(0, BitConverter.ToInt64(ours));
        Assert.Equal(-1, BitConverter.ToInt32(ours, 12));
        golden.AsSpan(0, 8).CopyTo(ours);
        golden.AsSpan(12, 4).CopyTo(ours.AsSpan(12));
        Assert.Equal(Convert.ToHexStringLower(golden), Convert.ToHexStringLower(ours));
    }

    private static IEnumerable<string> Records(JsonNode batch, BatchFields fields) => batch["records"]!.AsArray().Select(node => new DecodedRecord(
        node!.Long("timestamp") - fields.BaseTimestamp,
        (int)(node!.Long("offset") - fields.BaseOffset),
        node!.HexOrNull("key_hex"),
        node!.HexOrNull("value_hex"),
        [.. node!["headers"]!.AsArray().Select(h => new DecodedHeader(h!.Text("key"), h!.HexOrNull("value_hex")))]).ToString());

    private static TheoryData<string, string> Batches(Func<BatchFields, bool> wanted)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in new[] { "batches-java.json", "batches-kafka-python.json", "batches-librdkafka.json" })
        {
            foreach (var node in VectorFile.Cases(file).Where(n => wanted(BatchDecoder.Read(Split(n.Hex("hex"))[0]).Fields)))
            {
                data.Add(file, node.Text("name"));
            }
        }

        return data;
    }

    private static JsonNode Node(string file, string name) => VectorFile.Cases(file).Single(n => n.Text("name") == name);

    private static List<byte[]> Split(byte[] bytes)
    {
        var batches = new List<byte[]>();
        for (var at = 0; at < bytes.Length; at += batches[^1].Length)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8)) + 12;
            batches.Add(bytes[at..(at + length)]);
        }

        return batches;
    }
}
