using Rx.Kafka.Control;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Telemetry;

/// <summary>The question what is wanted.</summary>
internal sealed class SubscriptionExchange(ControlLoop loop, BrokerConnection connection, Guid instance) : ControlRequest(loop, connection)
{
    public GetTelemetrySubscriptionsResponse? Response { get; private set; }

    public override ApiKey Key => ApiKey.GetTelemetrySubscriptions;

    public override void WriteBody(ref KafkaWriter w, short version) => GetTelemetrySubscriptionsRequest.Write(ref w, instance);

    public override void ReadBody(ref KafkaReader r, short version) => Response = GetTelemetrySubscriptionsResponse.Read(ref r);
}

/// <summary>A push.</summary>
internal sealed class PushExchange(ControlLoop loop, BrokerConnection connection, PushTelemetryRequest request)
    : ControlRequest(loop, connection)
{
    public PushTelemetryRequest Request => request;

    public PushTelemetryResponse Response { get; private set; }

    public override ApiKey Key => ApiKey.PushTelemetry;

    public override void WriteBody(ref KafkaWriter w, short version) => request.Write(ref w);

    public override void ReadBody(ref KafkaReader r, short version) => Response = PushTelemetryResponse.Read(ref r);
}
