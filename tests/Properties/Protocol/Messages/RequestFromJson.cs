using System.Buffers.Text;
using System.Text.Json.Nodes;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>Writes with the product's code the request that Kafka's JSON form describes.</summary>
internal static class RequestFromJson
{
    public static void WriteBody(ref KafkaWriter w, ApiKey key, short version, JsonNode body)
    {
        switch (key)
        {
            case ApiKey.ApiVersions:
                ApiVersionsRequest.Write(ref w, version, (string?)body["clientSoftwareName"] ?? "", (string?)body["clientSoftwareVersion"] ?? "");
                break;
            case ApiKey.Metadata:
                var topics = body["topics"]?.AsArray().Select(topic => topic!.Text("name")).ToArray();
                MetadataRequest.Write(ref w, version, topics, (bool?)body["allowAutoTopicCreation"] ?? true);
                break;
            case ApiKey.InitProducerId:
                InitProducerIdRequest.Write(ref w, version, (string?)body["transactionalId"], body.Int("transactionTimeoutMs"), (long?)body["producerId"] ?? -1, (short?)body["producerEpoch"] ?? -1);
                break;
            case ApiKey.SaslHandshake:
                SaslHandshakeRequest.Write(ref w, body.Text("mechanism"));
                break;
            case ApiKey.SaslAuthenticate:
                SaslAuthenticateRequest.Write(ref w, version, Convert.FromBase64String(body.Text("authBytes")));
                break;
            case ApiKey.GetTelemetrySubscriptions:
                GetTelemetrySubscriptionsRequest.Write(ref w, Uuid(body.Text("clientInstanceId")));
                break;
            case ApiKey.PushTelemetry:
                var metrics = Convert.FromBase64String(body.Text("metrics"));
                new PushTelemetryRequest(Uuid(body.Text("clientInstanceId")), body.Int("subscriptionId"), (bool)body["terminating"]!, (CompressionType)body.Int("compressionType"), metrics).Write(ref w);
                break;
            case ApiKey.Produce:
                WriteProduce(ref w, version, body);
                break;
        }
    }

    private static Guid Uuid(string base64) => new(Base64Url.DecodeFromChars(base64), bigEndian: true);

    private static void WriteProduce(ref KafkaWriter w, short version, JsonNode body)
    {
        var topics = body["topicData"]!.AsArray();
        ProduceRequest.WriteHead(ref w, version, (string?)body["transactionalId"], (short)body["acks"]!, body.Int("timeoutMs"), topics.Count);
        foreach (var topic in topics)
        {
            var partitions = topic!["partitionData"]!.AsArray();
            ProduceRequest.WriteTopic(ref w, version, (string?)topic["name"] ?? "", IdOf(topic), partitions.Count);
            foreach (var partition in partitions)
            {
                var records = (string?)partition!["records"] is { } base64 ? Convert.FromBase64String(base64) : null;
                ProduceRequest.WritePartition(ref w, version, partition.Int("index"), records?.Length ?? -1);

                // A batch comes out of several chunks.
                foreach (var chunk in (records ?? []).Chunk(100))
                {
                    w.Raw(chunk);
                }

                ProduceRequest.EndPartition(ref w, version);
            }

            ProduceRequest.EndTopic(ref w, version);
        }

        ProduceRequest.End(ref w, version);
    }

    private static Guid IdOf(JsonNode topic) =>
        (string?)topic["topicId"] is { } id ? new Guid(Base64Url.DecodeFromChars(id), bigEndian: true) : Guid.Empty;
}
