using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Network;

/// <summary>The first exchange on every connection: which versions does this broker speak?</summary>
internal static class Handshake
{
    /// <summary>
    /// Asks, with lower versions if need be (it ends when the connection is closed): a broker that does not know ours answers 35 and
    /// (from Kafka 2.4 on) what it knows.
    /// </summary>
    /// <param name="connection">Whom.</param>
    /// <param name="version">With which version first.</param>
    /// <exception cref="KafkaException">It refused, or ended the connection.</exception>
    public static async Task<ApiVersionTable> RunAsync(BrokerConnection connection, short version)
    {
        while (true)
        {
            var exchange = new ApiVersionsExchange();
            if (!connection.TrySend(exchange, version))
            {
                throw connection.CloseReason ?? ConnectionFault.ClosedByPeer(connection.Name, connection.Requests);
            }

            var response = await exchange.Response;
            if (response.ErrorCode == 0)
            {
                return Table(response, connection);
            }

            if (response.ErrorCode != ErrorCodes.UnsupportedVersion || version == 0)
            {
                var error = ErrorTable.Get(response.ErrorCode);
                throw new KafkaException($"{connection.Name} refused ApiVersions v{version} with error {response.ErrorCode} "
                    + $"({error.Name}): {error.Description}");
            }

            version = Lower(response, version);
        }
    }

    /// <summary>The version to ask with next: strictly lower, so that this ends; 0 when the answer is of no use.</summary>
    private static short Lower(ApiVersionsResponse response, short version)
    {
        foreach (var (key, min, max) in response.Apis)
        {
            if (key == (short)ApiKey.ApiVersions && min <= max && max > 0 && max < version)
            {
                return max;
            }
        }

        return 0;
    }

    private static ApiVersionTable Table(ApiVersionsResponse response, BrokerConnection connection)
    {
        var table = new ApiVersionTable(response.Apis);
        if (!table.Supports(ApiKey.Metadata) && !table.Supports(ApiKey.Produce))
        {
            throw new KafkaException(
                $"{connection.Name} offers Metadata {table.Describe(ApiKey.Metadata)} and Produce {table.Describe(ApiKey.Produce)}; "
                + $"this client speaks Metadata {ApiVersion.Supported(ApiKey.Metadata)} and Produce "
                + $"{ApiVersion.Supported(ApiKey.Produce)}. Kafka 1.0 or newer is needed.");
        }

        return table;
    }
}

/// <summary>An ApiVersions request whose answer is awaited by the connect task.</summary>
internal sealed class ApiVersionsExchange : AwaitedRequest<ApiVersionsResponse>
{
    private const string SoftwareName = "rx-kafka-producer";

    // Three numbers with dots: a broker refuses '+' and '_' here.
    private static readonly string SoftwareVersion = typeof(ApiVersionsExchange).Assembly.GetName().Version?.ToString(3) ?? "0";

    public override ApiKey Key => ApiKey.ApiVersions;

    public override void WriteBody(ref KafkaWriter w, short version) =>
        ApiVersionsRequest.Write(ref w, version, SoftwareName, SoftwareVersion);

    protected override ApiVersionsResponse Read(ref KafkaReader r, short version) => ApiVersionsResponse.Read(ref r, version);
}
