using System.Buffers.Binary;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>Our requests and Kafka's are the same bytes; Kafka's responses mean to us what they mean to Kafka.</summary>
public sealed class GoldenMessageTests
{
    public static TheoryData<string> Requests => GoldenCase.Requests();

    public static TheoryData<string> Responses => GoldenCase.Responses();

    [Fact]
    public void Every_version_we_claim_has_golden_requests_and_responses()
    {
        foreach (var key in Enum.GetValues<ApiKey>())
        {
            var (min, max) = ApiVersion.Supported(key);
            foreach (var isRequest in new[] { true, false })
            {
                var versions = GoldenCase.All.Where(c => c.Key == key && c.IsRequest == isRequest).Select(c => (int)c.Version).Distinct().Order();
                Assert.Equal(Enumerable.Range(min, max - min + 1), versions);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_written_to_the_byte(string name)
    {
        var golden = GoldenCase.Named(name);
        var expected = AsWeAsk(golden);
        foreach (var piece in new[] { 1, 7, 64, 65536 })
        {
            Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(Frame(golden, piece)));
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void A_response_means_what_it_means_to_Kafka(string name)
    {
        var golden = GoldenCase.Named(name);
        var r = new KafkaReader(golden.Frame.AsSpan(sizeof(int)));
        Assert.Equal(golden.CorrelationId, ResponseHeader.Read(ref r, golden.Key, golden.Version));
        Assert.Equal(golden.BodyBytes.Length, r.Remaining);
        Assert.Equal(ResponseToJson.Expected(golden.Body), ResponseToJson.Read(ref r, golden.Key, golden.Version).ToJsonString());
        Assert.Equal(0, r.Remaining);
    }

    /// <summary>V7: an answer comes for each request, so success must cost no object.</summary>
    [Fact]
    public void A_successful_Produce_answer_is_read_without_allocation()
    {
        foreach (var golden in GoldenCase.All.Where(c => c is { Key: ApiKey.Produce, IsRequest: false, Variant: "scenario:ok" }))
        {
            Count(golden);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var partitions = Count(golden);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(1, partitions);
        }

        static int Count(GoldenCase golden)
        {
            var reader = new ProduceResponseReader(new KafkaReader(golden.BodyBytes), golden.Version);
            var partitions = 0;
            while (reader.NextTopic(out _, out _))
            {
                while (reader.NextPartition(out _))
                {
                    partitions++;
                }
            }

            reader.End(out _, out _);
            return partitions;
        }
    }

    [Fact]
    public void Topics_and_partitions_nobody_reads_are_skipped()
    {
        var golden = GoldenCase.All.Single(c => c is { Key: ApiKey.Produce, IsRequest: false, Version: 10, Variant: "full" });
        var reader = new ProduceResponseReader(new KafkaReader(golden.BodyBytes), golden.Version);
        Assert.True(reader.NextTopic(out _, out _));
        Assert.True(reader.NextPartition(out _));
        reader.End(out _, out var endpoints);
        Assert.NotEmpty(endpoints);
        Assert.Equal(0, reader.Rest.Remaining);
    }

    private static byte[] Frame(GoldenCase golden, int pieceBytes)
    {
        // V5: the length before a frame comes from the very calls that write it.
        var measure = KafkaWriter.Measuring();
        WriteMessage(ref measure, golden);

        var output = new PieceWriter(pieceBytes);
        var w = new KafkaWriter(output);
        w.Int32(measure.Written);
        WriteMessage(ref w, golden);
        w.Complete();
        Assert.Equal(measure.Written + sizeof(int), w.Written);
        return output.ToArray();
    }

    private static void WriteMessage(ref KafkaWriter w, GoldenCase golden)
    {
        RequestHeader.Write(ref w, golden.Key, golden.Version, golden.CorrelationId, golden.ClientId);
        RequestFromJson.WriteBody(ref w, golden.Key, golden.Version, golden.Body);
    }

    /// <summary>Some golden Metadata requests ask for what we never ask for: by topic id, and for authorized operations. Those fields are set to what we send.</summary>
    private static byte[] AsWeAsk(GoldenCase golden)
    {
        var frame = golden.Frame.ToArray();
        if (golden.Key != ApiKey.Metadata || golden.Version < 8 || golden.Body["topics"] is null)
        {
            return frame;
        }

        // IncludeTopicAuthorizedOperations is last but for the tags; IncludeClusterAuthorizedOperations stood before it until v10.
        var end = frame.Length - (golden.Version >= 9 ? 1 : 0);
        frame.AsSpan(end - (golden.Version <= 10 ? 2 : 1), golden.Version <= 10 ? 2 : 1).Clear();
        foreach (var topic in golden.Body["topics"]!.AsArray())
        {
            if ((string?)topic!["topicId"] is { } id)
            {
                var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(id);
                frame.AsSpan(frame.AsSpan().IndexOf(bytes), bytes.Length).Clear();
            }
        }

        Assert.Equal(golden.Frame.Length - sizeof(int), BinaryPrimitives.ReadInt32BigEndian(frame));
        return frame;
    }
}
