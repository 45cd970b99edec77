using System.Text.Json.Nodes;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>What librdkafka's mock broker really sent, its faults included.</summary>
public sealed class CaptureTests
{
    public static TheoryData<string> Captures => ["librdkafka-2.0.2", "librdkafka-2.15.0"];

    [Theory]
    [MemberData(nameof(Captures))]
    public void Responses_mean_what_they_mean_to_Kafka(string capture)
    {
        var read = 0;
        foreach (var frame in Frames(capture, "response").Where(f => f["decoded_by_kafka"] is not null))
        {
            var (key, version) = KeyAndVersion(frame);
            var r = new KafkaReader(frame.Hex("frame_hex").AsSpan(sizeof(int)));
            Assert.Equal(frame.Int("correlationId"), ResponseHeader.Read(ref r, key, version));
            Assert.Equal(ResponseToJson.Expected(frame["decoded_by_kafka"]!), ResponseToJson.Read(ref r, key, version).ToJsonString());

            // librdkafka 2.15's mock sends one byte too many behind flexible metadata; that is no fault of the answer.
            Assert.Equal((int?)frame["trailing_bytes"] ?? 0, r.Remaining);
            read++;
        }

        Assert.True(read > 50, $"only {read} responses were compared");
    }

    /// <summary>N6: error 35 in a layout that is neither v0's nor the asked version's must end in "ask again with v0".</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void A_malformed_refusal_of_ApiVersions_reads_as_a_refusal_without_ranges(string capture)
    {
        var refusals = Frames(capture, "response").Where(f => f.Text("api") == "ApiVersions" && f["peer_bug"] is not null).ToArray();
        Assert.NotEmpty(refusals);
        foreach (var frame in refusals)
        {
            var (key, version) = KeyAndVersion(frame);
            var r = new KafkaReader(frame.Hex("frame_hex").AsSpan(sizeof(int)));
            ResponseHeader.Read(ref r, key, version);
            var response = ApiVersionsResponse.Read(ref r, version);
            Assert.Equal(35, response.ErrorCode);
            Assert.Empty(response.Apis);
            Assert.Equal(0, r.Remaining);
        }
    }

    /// <summary>N6: Kafka 2.4 and later answer an unknown version in v0's layout with the range of ApiVersions itself.</summary>
    [Fact]
    public void A_refusal_in_the_layout_of_v0_tells_its_range_whatever_was_asked()
    {
        var golden = GoldenCase.All.Single(c => c.Variant == "scenario:unsupported-version-kafka-2.4+");
        var r = new KafkaReader(golden.BodyBytes);
        var response = ApiVersionsResponse.Read(ref r, version: 4);
        Assert.Equal(35, response.ErrorCode);
        Assert.Equal([new ApiVersionRange(18, 0, 3)], response.Apis);
    }

    [Fact]
    public void An_answer_that_lacks_a_field_is_malformed_and_nothing_else()
    {
        var frame = Frames("librdkafka-2.0.2", "response").Single(f => f.Text("api") == "Produce" && f["peer_bug"] is not null);
        var (key, version) = KeyAndVersion(frame);
        Assert.Throws<MalformedDataException>(() =>
        {
            var r = new KafkaReader(frame.Hex("frame_hex").AsSpan(sizeof(int)));
            ResponseHeader.Read(ref r, key, version);
            ResponseToJson.Read(ref r, key, version);
        });
    }

    /// <summary>librdkafka writes the same requests as we do, but for ApiVersions, where it names itself.</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void Requests_of_librdkafka_are_reproduced_to_the_byte(string capture)
    {
        var requests = Frames(capture, "request").Where(f => !AsksForMore(f["decoded_by_kafka"]!)).ToArray();
        Assert.True(requests.Length > 50, $"only {requests.Length} requests were compared");
        foreach (var frame in requests)
        {
            var (key, version) = KeyAndVersion(frame);
            var output = new PieceWriter(16);
            var w = new KafkaWriter(output);
            w.Int32(frame.Hex("frame_hex").Length - sizeof(int));
            RequestHeader.Write(ref w, key, version, frame.Int("correlationId"), frame.Text("clientId"));
            RequestFromJson.WriteBody(ref w, key, version, frame["decoded_by_kafka"]!);
            w.Complete();
            Assert.Equal(frame.Text("frame_hex"), Convert.ToHexStringLower(output.ToArray()));
        }
    }

    private static bool AsksForMore(JsonNode body) =>
        (bool?)body["includeClusterAuthorizedOperations"] is true || (bool?)body["includeTopicAuthorizedOperations"] is true;

    private static (ApiKey Key, short Version) KeyAndVersion(JsonNode frame) => ((ApiKey)frame.Int("apiKey"), (short)frame.Int("version"));

    private static IEnumerable<JsonNode> Frames(string capture, string kind) =>
        from scenario in VectorFile.Read($"captures/{capture}.json")["scenarios"]!.AsArray()
        from frame in scenario!["frames"]!.AsArray()
        where frame!.Text("kind") == kind
        where Enum.IsDefined((ApiKey)frame.Int("apiKey"))
        let version = (short)frame.Int("version")
        let supported = ApiVersion.Supported((ApiKey)frame.Int("apiKey"))
        where version >= supported.Min && version <= supported.Max
        select frame;
}
