using System.Text.Json.Nodes;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>A newer broker may add tagged fields anywhere; an old client reads over them.</summary>
public sealed class UnknownTagTests
{
    public static TheoryData<int> Responses =>
    [
        .. VectorFile.Cases("unknown-tags.json").Index().Where(c => c.Item.Text("name").EndsWith("Response", StringComparison.Ordinal)).Select(c => c.Index),
    ];

    [Theory]
    [MemberData(nameof(Responses))]
    public void Unknown_tags_are_skipped_and_nothing_is_left(int index)
    {
        var node = VectorFile.Cases("unknown-tags.json").ElementAt(index);
        var key = Enum.Parse<ApiKey>(node.Text("name").Replace("Response", "", StringComparison.Ordinal));
        var version = (short)node.Int("version");
        var r = new KafkaReader([.. node.Hex("header_hex"), .. node.Hex("body_hex")]);
        Assert.Equal(BitConverter.ToInt32([.. node.Hex("header_hex").Take(4).Reverse()]), ResponseHeader.Read(ref r, key, version));
        var content = ResponseToJson.Read(ref r, key, version);
        Assert.Equal(0, r.Remaining);
        AssertKnownFieldsRead(content, key, node.Text("note"));
    }

    private static void AssertKnownFieldsRead(JsonNode content, ApiKey key, string note)
    {
        switch (key)
        {
            case ApiKey.Metadata:
                Assert.Equal("h1", content["brokers"]![0]!.Text("host"));
                Assert.Equal("orders", content["topics"]![0]!.Text("name"));
                Assert.Equal(1, content["topics"]![0]!["partitions"]![0]!.Int("leaderId"));
                break;
            case ApiKey.Produce:
                var partition = content["responses"]![0]!["partitionResponses"]![0]!;
                Assert.Equal(note.Contains("CurrentLeader", StringComparison.Ordinal) ? """{"leaderId":2,"leaderEpoch":13}""" : null, partition["currentLeader"]?.ToJsonString());
                break;
            case ApiKey.InitProducerId:
                Assert.Equal(4000, content.Long("producerId"));
                break;
            case ApiKey.ApiVersions:
                Assert.Equal("""[{"apiKey":0,"minVersion":0,"maxVersion":11}]""", content["apiKeys"]!.ToJsonString());
                break;
        }
    }
}
