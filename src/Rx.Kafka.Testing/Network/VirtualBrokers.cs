using System.Globalization;
using System.IO.Pipelines;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Network;

/// <summary>Brokers on the virtual network: prefix-1:9092, prefix-2:9092 and so on; a broker that comes back at another address has the next port.</summary>
internal sealed class VirtualBrokers(VirtualNetwork network, string prefix) : IBrokerNetwork
{
    private const int FirstPort = 9092;

    public void Open(Broker broker, Func<IDuplexPipe, Action, Task> serve)
    {
        broker.Host = prefix + broker.Id.ToString(CultureInfo.InvariantCulture);
        broker.Port = broker.Port == 0 ? FirstPort : broker.Port;
        network.Listen(broker.Host, broker.Port, (connection, pipe) => serve(pipe, connection.Cut));
    }

    public int AnotherPort(Broker broker) => broker.Port + 1;

    public void Close(Broker broker) => network.StopListening(broker.Host, broker.Port);

    public ValueTask DisposeAsync() => default;
}
