using System.Buffers.Text;
using System.Text.Json.Nodes;
using Rx.Kafka.Properties.Protocol;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>The brokers' decoder against bytes that Kafka's own serializers and librdkafka wrote.</summary>
public class RequestVectorTests
{
    public static TheoryData<string> Apis => ["Produce", "Metadata", "InitProducerId"];

    public static TheoryData<string> Captures => ["librdkafka-2.0.2", "librdkafka-2.15.0"];

    [Theory]
    [MemberData(nameof(Apis))]
    public void Every_request_of_Kafkas_own_serializers_is_read_to_its_last_byte(string api)
    {
        var read = 0;
        foreach (var vector in VectorFile.Cases($"messages/{api}.json").Where(v => v.Text("kind") == "request" && Serves(v)))
        {
            var request = Request.Read(vector.Hex("frame_hex").AsMemory(4), Serves, NameOf);
            Assert.Equal(vector.Int("correlationId"), request.Header.CorrelationId);
            Assert.Equal(vector.Text("clientId"), request.Header.ClientId);
            Compare(request, vector["body"]!);
            read++;
        }

        Assert.True(read >= 20, $"only {read} vectors");
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_request_librdkafka_was_seen_to_send_is_read(string file)
    {
        var read = 0;
        foreach (var frame in VectorFile.Read($"captures/{file}.json")["scenarios"]!.AsArray().SelectMany(s => s!["frames"]!.AsArray()).OfType<JsonNode>())
        {
            if (frame.Text("kind") == "request" && Serves((ApiKey)frame.Int("apiKey"), (short)frame.Int("version")))
            {
                var request = Request.Read(frame.Hex("frame_hex").AsMemory(4), Serves, NameOf);
                Assert.Equal(frame.Int("correlationId"), request.Header.CorrelationId);
                foreach (var partition in request.Produce?.Topics.SelectMany(t => t.Partitions) ?? [])
                {
                    Assert.Equal(ErrorCode.None, Check(partition.Records.Span, request.Header.Version));
                }

                read++;
            }
        }

        Assert.True(read > 50, $"only {read} frames");
    }

    [Fact]
    public void A_request_cut_short_anywhere_is_refused_and_nothing_else_happens()
    {
        foreach (var vector in VectorFile.Cases("messages/Produce.json").Concat(VectorFile.Cases("messages/Metadata.json")).Where(v => v.Text("kind") == "request" && Serves(v)))
        {
            var frame = vector.Hex("frame_hex").AsMemory(4);
            for (var length = 0; length < frame.Length; length += 1 + (frame.Length / 50))
            {
                Assert.Throws<WireException>(() => Request.Read(frame[..length], Serves, NameOf));
            }
        }
    }

    private static string NameOf(Guid id) => $"{id}";

    private static string TopicOf(JsonNode topic) =>
        (string?)topic["topicId"] is { } id ? NameOf(new Guid(Base64Url.DecodeFromChars(id), bigEndian: true)) : topic.Text("name");

    private static short Check(ReadOnlySpan<byte> records, short version) => BatchCheck.Check(records, version, int.MaxValue, new TopicOptions()).Error;

    private static bool Serves(JsonNode vector) => Serves((ApiKey)(int)Key(vector), (short)vector.Int("version"));

    private static bool Serves(ApiKey key, short version) => Rx.Kafka.Testing.Wire.Apis.Serves(key, version);

    private static int Key(JsonNode vector) => vector.Root["apiKey"]!.GetValue<int>();

    private static void Compare(Request request, JsonNode body)
    {
        if (request.Produce is { } produce)
        {
            Assert.Equal((string?)body["transactionalId"], produce.TransactionalId);
            Assert.Equal(body.Int("acks"), produce.Acks);
            Assert.Equal(body.Int("timeoutMs"), produce.TimeoutMs);
            var expected = body["topicData"]!.AsArray().SelectMany(t => t!["partitionData"]!.AsArray().Select(p => (TopicOf(t), p!.Int("index"), (string?)p!["records"] ?? "")));
            Assert.Equal(expected, produce.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.Index, Convert.ToBase64String(p.Records.Span)))));
        }
        else if (request.Metadata is { } metadata)
        {
            Assert.Equal((bool?)body["allowAutoTopicCreation"] ?? true, metadata.AllowAutoTopicCreation);
            var topics = body["topics"] as JsonArray;
            if (request.Header.Version == 0 && topics is { Count: 0 })
            {
                topics = null;
            }

            Assert.Equal(topics?.Select(t => (string?)t!["name"]), metadata.Topics?.Select(t => t.Name));
        }
    }
}
