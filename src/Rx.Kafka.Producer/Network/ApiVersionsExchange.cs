using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Network;

/// <summary>An ApiVersions request whose answer is awaited by the connect task.</summary>
internal sealed class ApiVersionsExchange : KafkaRequest
{
    private const string SoftwareName = "rx-kafka-producer";

    // Three numbers with dots: a broker refuses '+' and '_' here.
    private static readonly string SoftwareVersion = typeof(ApiVersionsExchange).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly TaskCompletionSource<ApiVersionsResponse> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ApiVersionsResponse? _read;

    /// <summary>The answer, or why there is none.</summary>
    public Task<ApiVersionsResponse> Response => _response.Task;

    public override ApiKey Key => ApiKey.ApiVersions;

    public override void WriteBody(ref KafkaWriter w, short version) => ApiVersionsRequest.Write(ref w, version, SoftwareName, SoftwareVersion);

    public override void ReadBody(ref KafkaReader r, short version) => _read = ApiVersionsResponse.Read(ref r, version);

    public override void Answered() => _response.TrySetResult(_read!);

    public override void Lost(Exception cause)
    {
        _response.TrySetException(cause);
        _ = _response.Task.Exception; // observed: the connect task may have given up already
    }
}
