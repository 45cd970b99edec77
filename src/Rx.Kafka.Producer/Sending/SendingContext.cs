using Microsoft.Extensions.Logging;
using Rx.Kafka.Lanes;
using Rx.Kafka.Network;

namespace Rx.Kafka.Sending;

/// <summary>What all loops of one producer share.</summary>
internal sealed class SendingContext : LaneContext
{
    public required Connector Connector { get; init; }

    public required ILogger Logger { get; init; }
}
