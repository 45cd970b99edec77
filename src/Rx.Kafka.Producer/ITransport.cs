using System.IO.Pipelines;
using System.Net;

namespace Rx.Kafka;

/// <summary>Opens connections to brokers. The default speaks TCP; a simulation or a proxy puts its own here.</summary>
public interface ITransport
{
    /// <summary>Opens a connection. Called on <see cref="ProducerRuntime.TaskScheduler"/>.</summary>
    /// <param name="endPoint">Where to; a <see cref="DnsEndPoint"/> is resolved by the transport, which tries each address.</param>
    /// <param name="cancellationToken">Cancelled when the connection setup timeout is over.</param>
    /// <returns>The two ends; completing both closes the connection.</returns>
    ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
