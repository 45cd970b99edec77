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
            case ApiKey.Produce:
                WriteProduce(ref w, version, body);
                break;
        }
    }

    private static void WriteProduce(ref KafkaWriter w, short version, JsonNode body)
    {
        var topics = body["topicData"]!.AsArray();
        ProduceRequest.WriteHead(ref w, version, (string?)body["transactionalId"], (short)body["acks"]!, body.Int("timeoutMs"), topics.Count);
        foreach (var topic in topics)
        {
            var partitions = topic!["partitionData"]!.AsArray();
            ProduceRequest.WriteTopic(ref w, version, topic.Text("name"), partitions.Count);
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
}
