using System.IO.Pipelines;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Network;

/// <summary>Where brokers listen: real sockets or the virtual network.</summary>
internal interface IBrokerNetwork : IAsyncDisposable
{
    /// <summary>Listens for a broker, at the address it had before if it had one. <paramref name="serve"/> gets the connection's ends and what resets it.</summary>
    void Open(Broker broker, Func<IDuplexPipe, Action, Task> serve);

    /// <summary>A port for a broker that is to come back at another address; 0 = any.</summary>
    int AnotherPort(Broker broker);

    /// <summary>Stops listening; open connections stay.</summary>
    void Close(Broker broker);
}
