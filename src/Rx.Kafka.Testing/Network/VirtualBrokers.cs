using System.Globalization;
using System.IO.Pipelines;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Network;

/// <summary>Brokers on the virtual network: prefix-1:9092, prefix-2:9092 and so on.</summary>
internal sealed class VirtualBrokers(VirtualNetwork network, string prefix) : IBrokerNetwork
{
    public void Open(Broker broker, Func<IDuplexPipe, Action, Task> serve)
    {
        broker.Host = prefix + broker.Id.ToString(CultureInfo.InvariantCulture);
        broker.Port = 9092;
        network.Listen(broker.Host, broker.Port, (connection, pipe) => serve(pipe, connection.Cut));
    }

    public void Close(Broker broker) => network.StopListening(broker.Host, broker.Port);

    public ValueTask DisposeAsync() => default;
}
