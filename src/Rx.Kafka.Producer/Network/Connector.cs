using System.Net;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Network;

/// <summary>Opens connections: transport, then handshake, all within one deadline. One per client, for all its connections.</summary>
internal sealed class Connector
{
    private readonly ITransport _transport;
    private readonly ConnectionSettings _settings;

    public Connector(ITransport transport, TimeProvider time, TaskScheduler scheduler, string clientId, ILogger logger, int maximumFrameBytes)
    {
        _transport = transport;
        _settings = new ConnectionSettings(clientId, maximumFrameBytes, time, scheduler, new CorrelationIds(), logger);
    }

    /// <summary>Opens a connection that is ready for requests.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="owner">Who sends on it; hears nothing of a connection that never became ready.</param>
    /// <param name="setupTimeout">For the transport and the handshake together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KafkaException">It failed; the message names the address and a remedy. Everything that was opened is closed by then.
    /// A <see cref="ConnectTimeoutException"/> if it was not ready in time.</exception>
    public Task<BrokerConnection> ConnectAsync(EndPoint endPoint, IConnectionOwner owner, TimeSpan setupTimeout, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => OpenAsync(endPoint, owner, setupTimeout, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            _settings.Scheduler).Unwrap();

    private async Task<BrokerConnection> OpenAsync(EndPoint endPoint, IConnectionOwner owner, TimeSpan setupTimeout, CancellationToken cancellationToken)
    {
        using var deadline = new SetupDeadline(_settings.Time, _settings.Scheduler, setupTimeout, cancellationToken);
        BrokerConnection? connection = null;
        try
        {
            var pipe = await new PendingPipe(_settings.Logger).OpenAsync(_transport, endPoint, deadline.Token);
            connection = new BrokerConnection(endPoint, pipe, _settings);
            connection.Start();
            using var cut = deadline.Token.UnsafeRegister(static c => ((BrokerConnection)c!).Close(new OperationCanceledException()), connection);
            var versions = await Handshake.RunAsync(connection);
            if (!connection.Adopt(versions, owner))
            {
                throw connection.CloseReason!;
            }

            return connection;
        }
        catch (Exception e)
        {
            Exception failure = cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(e.Message, e, cancellationToken)
                : ConnectFailure.Explain(endPoint, e, connection is not null, deadline.Expired ? setupTimeout : null);
            if (connection is not null)
            {
                connection.Close(failure);
                await connection.Ended;
            }

            throw failure;
        }
    }
}
