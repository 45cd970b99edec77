using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>Reads a response with the product's code and prints it in Kafka's JSON form, so that two texts are compared and nothing can be forgotten.</summary>
internal static class ResponseToJson
{
    /// <summary>Fields of Kafka's that a producer has no use for, and therefore does not keep.</summary>
    private static readonly string[] NotKept = ["topicAuthorizedOperations", "clusterAuthorizedOperations", "supportedFeatures", "zkMigrationReady"];

    public static JsonNode Read(ref KafkaReader r, ApiKey key, short version) => key switch
    {
        ApiKey.ApiVersions => Print(ApiVersionsResponse.Read(ref r, version), version),
        ApiKey.Metadata => Print(MetadataResponse.Read(ref r, version), version),
        ApiKey.Produce => PrintProduce(ref r, version),
        ApiKey.InitProducerId => Print(InitProducerIdResponse.Read(ref r, version)),
        ApiKey.SaslHandshake => Print(SaslHandshakeResponse.Read(ref r)),
        ApiKey.SaslAuthenticate => Print(SaslAuthenticateResponse.Read(ref r, version), version),
        ApiKey.GetTelemetrySubscriptions => Print(GetTelemetrySubscriptionsResponse.Read(ref r)),
        ApiKey.PushTelemetry => Print(PushTelemetryResponse.Read(ref r)),
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>The expected text: Kafka's own, without the fields nobody keeps.</summary>
    public static string Expected(JsonNode body)
    {
        var copy = body.DeepClone();
        Strip(copy);
        return copy.ToJsonString();
    }

    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var name in NotKept)
                {
                    fields.Remove(name);
                }

                foreach (var field in fields)
                {
                    Strip(field.Value);
                }

                break;
            case JsonArray elements:
                foreach (var element in elements)
                {
                    Strip(element);
                }

                break;
        }
    }

    private static JsonObject Print(ApiVersionsResponse response, short version)
    {
        var json = new JsonObject
        {
            ["errorCode"] = response.ErrorCode,
            ["apiKeys"] = Array(response.Apis, api => new JsonObject { ["apiKey"] = api.Key, ["minVersion"] = api.Min, ["maxVersion"] = api.Max }),
        };
        if (version >= 1)
        {
            json["throttleTimeMs"] = response.ThrottleTimeMs;
        }

        if (response.FinalizedFeaturesEpoch != -1)
        {
            json["finalizedFeaturesEpoch"] = response.FinalizedFeaturesEpoch;
        }

        if (response.FinalizedFeatures.Length > 0)
        {
            json["finalizedFeatures"] = Array(response.FinalizedFeatures, f => new JsonObject { ["name"] = f.Name, ["maxVersionLevel"] = f.MaxLevel, ["minVersionLevel"] = f.MinLevel });
        }

        return json;
    }

    private static JsonObject Print(InitProducerIdResponse response) => new()
    {
        ["throttleTimeMs"] = response.ThrottleTimeMs,
        ["errorCode"] = response.ErrorCode,
        ["producerId"] = response.ProducerId,
        ["producerEpoch"] = response.ProducerEpoch,
    };

    private static JsonObject Print(MetadataResponse response, short version)
    {
        var json = new JsonObject();
        Add(json, version >= 3, "throttleTimeMs", response.ThrottleTimeMs);
        json["brokers"] = Array(response.Brokers, b => new JsonObject { ["nodeId"] = b.Id, ["host"] = b.Host, ["port"] = b.Port, ["rack"] = b.Rack });
        Add(json, version >= 2, "clusterId", response.ClusterId);
        json["controllerId"] = response.ControllerId;
        json["topics"] = Array(response.Topics, topic => Print(topic, version));
        Add(json, version >= 13, "errorCode", response.ErrorCode);
        return json;
    }

    private static JsonObject Print(MetadataTopic topic, short version)
    {
        var json = new JsonObject { ["errorCode"] = topic.ErrorCode, ["name"] = topic.Name };
        Add(json, version >= 10, "topicId", Base64Url.EncodeToString(topic.TopicId.ToByteArray(bigEndian: true)));
        json["isInternal"] = topic.IsInternal;
        json["partitions"] = Array(topic.Partitions, partition => Print(partition, version));
        return json;
    }

    private static JsonObject Print(MetadataPartition partition, short version)
    {
        var json = new JsonObject { ["errorCode"] = partition.ErrorCode, ["partitionIndex"] = partition.Index, ["leaderId"] = partition.LeaderId };
        Add(json, version >= 7, "leaderEpoch", partition.LeaderEpoch);
        json["replicaNodes"] = Array(partition.Replicas, id => id);
        json["isrNodes"] = Array(partition.InSync, id => id);
        Add(json, version >= 5, "offlineReplicas", Array(partition.Offline, id => id));
        return json;
    }

    private static JsonObject Print(GetTelemetrySubscriptionsResponse response) => new()
    {
        ["throttleTimeMs"] = response.ThrottleTimeMs,
        ["errorCode"] = response.ErrorCode,
        ["clientInstanceId"] = Base64Url.EncodeToString(response.ClientInstanceId.ToByteArray(bigEndian: true)),
        ["subscriptionId"] = response.SubscriptionId,
        ["acceptedCompressionTypes"] = Array(response.AcceptedCompressionTypes.ToArray(), static type => type),
        ["pushIntervalMs"] = response.PushIntervalMs,
        ["telemetryMaxBytes"] = response.TelemetryMaxBytes,
        ["deltaTemporality"] = response.DeltaTemporality,
        ["requestedMetrics"] = Array(response.RequestedMetrics.ToArray(), static prefix => prefix),
    };

    private static JsonObject Print(PushTelemetryResponse response) => new() { ["throttleTimeMs"] = response.ThrottleTimeMs, ["errorCode"] = response.ErrorCode };

    private static JsonObject Print(SaslHandshakeResponse response) => new()
    {
        ["errorCode"] = response.ErrorCode,
        ["mechanisms"] = Array(response.Mechanisms.ToArray(), static mechanism => mechanism),
    };

    private static JsonObject Print(SaslAuthenticateResponse response, short version)
    {
        var json = new JsonObject
        {
            ["errorCode"] = response.ErrorCode,
            ["errorMessage"] = response.ErrorMessage,
            ["authBytes"] = Convert.ToBase64String(response.AuthBytes),
        };
        Add(json, version >= 1, "sessionLifetimeMs", response.SessionLifetimeMs);
        return json;
    }

    private static JsonObject PrintProduce(ref KafkaReader r, short version)
    {
        var reader = new ProduceResponseReader(r, version);
        var topics = new JsonArray();
        while (reader.NextTopic(out var name, out var id))
        {
            var partitions = new JsonArray();
            var topic = version >= 13
                ? new JsonObject { ["topicId"] = Base64Url.EncodeToString(id.ToByteArray(bigEndian: true)), ["partitionResponses"] = partitions }
                : new JsonObject { ["name"] = Encoding.UTF8.GetString(name), ["partitionResponses"] = partitions };
            while (reader.NextPartition(out var answer))
            {
                partitions.Add(Print(answer, version));
            }

            topics.Add(topic);
        }

        reader.End(out var throttle, out var endpoints);
        r = reader.Rest;
        var json = new JsonObject { ["responses"] = topics, ["throttleTimeMs"] = throttle };
        Add(json, endpoints.Length > 0, "nodeEndpoints", Array(endpoints, e => new JsonObject { ["nodeId"] = e.Id, ["host"] = e.Host, ["port"] = e.Port, ["rack"] = e.Rack }));
        return json;
    }

    private static JsonObject Print(PartitionAnswer answer, short version)
    {
        var json = new JsonObject { ["index"] = answer.Index, ["errorCode"] = answer.ErrorCode, ["baseOffset"] = answer.BaseOffset, ["logAppendTimeMs"] = answer.LogAppendTimeMs };
        Add(json, version >= 5, "logStartOffset", answer.LogStartOffset);
        Add(json, version >= 8, "recordErrors", Array(answer.RecordErrors, e => new JsonObject { ["batchIndex"] = e.BatchIndex, ["batchIndexErrorMessage"] = e.Message }));
        Add(json, version >= 8, "errorMessage", answer.ErrorMessage);
        Add(json, answer.LeaderId != -1 || answer.LeaderEpoch != -1, "currentLeader", new JsonObject { ["leaderId"] = answer.LeaderId, ["leaderEpoch"] = answer.LeaderEpoch });
        return json;
    }

    private static void Add(JsonObject json, bool present, string name, JsonNode? value)
    {
        if (present)
        {
            json[name] = value;
        }
    }

    private static JsonArray Array<T>(T[] elements, Func<T, JsonNode> print) => [.. elements.Select(print)];
}
