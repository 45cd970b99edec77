using System.Text.Json.Nodes;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol.Messages;

/// <summary>One golden frame: a message as bytes, and its content as Kafka prints it.</summary>
internal sealed class GoldenCase
{
    private static readonly ApiKey[] Keys = [ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.Produce, ApiKey.InitProducerId, ApiKey.SaslHandshake, ApiKey.SaslAuthenticate, ApiKey.GetTelemetrySubscriptions, ApiKey.PushTelemetry];

    private GoldenCase(ApiKey key, JsonNode node)
    {
        Key = key;
        Version = (short)node.Int("version");
        IsRequest = node.Text("kind") == "request";
        Variant = node.Text("variant");
        CorrelationId = node.Int("correlationId");
        ClientId = (string?)node["clientId"] ?? "";
        Body = node["body"]!;
        Frame = node.Hex("frame_hex");
        BodyBytes = node.Hex("body_hex");
    }

    /// <summary>All golden frames of our APIs in the versions we speak.</summary>
    public static IReadOnlyList<GoldenCase> All { get; } =
    [
        .. from key in Keys
           from node in VectorFile.Cases($"messages/{key}.json")
           let golden = new GoldenCase(key, node)
           let supported = ApiVersion.Supported(key)
           where golden.Version >= supported.Min && golden.Version <= supported.Max
           select golden,
    ];

    public ApiKey Key { get; }

    public short Version { get; }

    public bool IsRequest { get; }

    public string Variant { get; }

    public int CorrelationId { get; }

    public string ClientId { get; }

    public JsonNode Body { get; }

    /// <summary>Length, header and body.</summary>
    public byte[] Frame { get; }

    public byte[] BodyBytes { get; }

    public static TheoryData<string> Requests() => [.. All.Where(c => c.IsRequest).Select(c => c.ToString())];

    public static TheoryData<string> Responses() => [.. All.Where(c => !c.IsRequest).Select(c => c.ToString())];

    public static GoldenCase Named(string name) => All.Single(c => c.ToString() == name);

    public override string ToString() => $"{Key} {(IsRequest ? "request" : "response")} v{Version} {Variant}";
}
