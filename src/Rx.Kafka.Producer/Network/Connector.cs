using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network.Security;

namespace Rx.Kafka.Network;

/// <summary>
/// Opens connections: transport, handshake, authentication, all within one deadline. One per client, for all its connections.
/// </summary>
internal sealed class Connector
{
    private readonly ITransport _transport;
    private readonly ConnectionSettings _settings;
    private readonly HandshakeVersions _versions = new();

    public Connector(
        ITransport transport, TimeProvider time, TaskScheduler scheduler, string clientId, ILogger logger, int maximumFrameBytes)
    {
        _transport = transport;
        _settings = new ConnectionSettings(clientId, maximumFrameBytes, time, scheduler, new CorrelationIds(), logger);
    }

    /// <summary>What the transport secures its connections with; null = nothing, or a transport of the user's.</summary>
    public TlsClient? Tls { get; init; }

    /// <summary>How this client says who it is on each connection; null = it does not.</summary>
    public SaslLogin? Login { get; init; }

    /// <summary>The hosts that may be dead.</summary>
    public SuspectHosts Suspects { get; } = new();

    /// <summary>The clock of all connections.</summary>
    public TimeProvider Time => _settings.Time;

    /// <summary>Where connections are opened, and read.</summary>
    public TaskScheduler Scheduler => _settings.Scheduler;

    /// <summary>Opens a connection that is ready for requests.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="owner">Who sends on it; hears nothing of a connection that never became ready.</param>
    /// <param name="setupTimeout">For the transport, the handshake and the authentication together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KafkaException">It failed; the message names the address and a remedy. Everything that was opened is closed by
    /// then.
    /// A <see cref="ConnectTimeoutException"/> if it was not ready in time, a <see cref="KafkaAuthenticationException"/> if the broker
    /// refused who we are.</exception>
    public Task<BrokerConnection> ConnectAsync(
        EndPoint endPoint, IConnectionOwner owner, TimeSpan setupTimeout, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => OpenAsync(endPoint, owner, setupTimeout, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            _settings.Scheduler).Unwrap();

    private async Task<BrokerConnection> OpenAsync(
        EndPoint endPoint, IConnectionOwner owner, TimeSpan setupTimeout, CancellationToken cancellationToken)
    {
        using var deadline = new SetupDeadline(_settings.Time, _settings.Scheduler, setupTimeout, cancellationToken);
        var version = _versions.First(endPoint);
        while (true)
        {
            BrokerConnection? connection = null;
            try
            {
                var pipe = await new PendingPipe(_settings.Logger).OpenAsync(_transport, endPoint, deadline.Token);
                connection = new BrokerConnection(endPoint, pipe, _settings);
                connection.Start();
                await ShakeHandsAsync(connection, owner, version, deadline.Token);
                return connection;
            }
            catch (Exception e)
            {
                Exception failure = cancellationToken.IsCancellationRequested
                    ? new OperationCanceledException(e.Message, e, cancellationToken)
                    : ConnectFailure.Explain(endPoint, e, connection is not null, deadline.Expired ? setupTimeout : null, Tls);
                if (connection is not null)
                {
                    connection.Close(failure);
                    await connection.Ended;
                }

                if (failure is not ClosedInHandshakeException || !_versions.Closed(endPoint, ref version))
                {
                    throw failure;
                }
            }
        }
    }

    private async Task ShakeHandsAsync(
        BrokerConnection connection, IConnectionOwner owner, short version, CancellationToken cancellationToken)
    {
        using var cut = cancellationToken.UnsafeRegister(
            static c => ((BrokerConnection)c!).Close(new OperationCanceledException()), connection);
        var versions = await Handshake.RunAsync(connection, version);
        _versions.Answered(connection.EndPoint, version);
        if (Login is null)
        {
            await _settings.SaslQuestions.AskAsync(connection, versions);
        }

        var session = Login is null ? null : await Login.RunAsync(connection, versions, cancellationToken);
        if (!connection.Adopt(versions, owner, session, hasSaidWho: Login is not null))
        {
            throw connection.CloseReason!;
        }
    }
}

/// <summary>What all connections of a client share.</summary>
/// <param name="ClientId">The name in the header of every request.</param>
/// <param name="MaximumFrameBytes">The largest answer that is believed.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scheduler">Where the read loops run.</param>
/// <param name="CorrelationIds">The client's one counter.</param>
/// <param name="Logger">For events 100-199.</param>
internal sealed record ConnectionSettings(
    string ClientId, int MaximumFrameBytes, TimeProvider Time, TaskScheduler Scheduler, CorrelationIds CorrelationIds, ILogger Logger)
{
    /// <summary>Which addresses may want SASL, of a client that has none.</summary>
    public SaslQuestions SaslQuestions { get; } = new();
}

/// <summary>
/// A token that is cancelled when a connection's setup has taken too long, or by an outer token. The clock's callback only queues the
/// cancellation to the scheduler: what a transport registers on the token must not run on the clock's thread.
/// </summary>
internal sealed class SetupDeadline : IDisposable
{
    private readonly CancellationTokenSource _source = new(); // holds nothing, so it needs no dispose
    private readonly CancellationTokenRegistration _outer;
    private readonly TaskScheduler _scheduler;
    private readonly ITimer _timer;
    private int _hasExpired;

    public SetupDeadline(TimeProvider time, TaskScheduler scheduler, TimeSpan timeout, CancellationToken outer)
    {
        _scheduler = scheduler;
        _outer = outer.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _timer = time.CreateTimer(static self => ((SetupDeadline)self!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time ran out before the setup was through.</summary>
    public bool Expired => Volatile.Read(ref _hasExpired) != 0;

    /// <summary>Leaves the outer token, which may live as long as the producer.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _outer.Unregister();
    }

    private void Expire()
    {
        Volatile.Write(ref _hasExpired, 1);
        _ = Task.Factory.StartNew(_source.CancelQuietly, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }
}

/// <summary>
/// A pipe a transport is opening. A transport that does not heed its token is not waited for; what it opens too late is closed. (Waiting by
/// <see cref="Task.WaitAsync(CancellationToken)"/> would go on wherever the transport completes, not on the scheduler.)
/// </summary>
internal sealed class PendingPipe(ILogger logger)
{
    private readonly TaskCompletionSource<IDuplexPipe> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens one, or gives up when the token says so.</summary>
    public async Task<IDuplexPipe> OpenAsync(ITransport transport, EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var givingUp = cancellationToken.UnsafeRegister(
            static (self, token) => ((PendingPipe)self!)._opened.TrySetCanceled(token), this);
        _ = TakeAsync(transport, endPoint, cancellationToken);
        return await _opened.Task;
    }

    private async Task TakeAsync(ITransport transport, EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            var pipe = await transport.ConnectAsync(endPoint, cancellationToken);
            if (!_opened.TrySetResult(pipe))
            {
                await pipe.Input.CompleteAsync();
                await pipe.Output.CompleteAsync();
            }
        }
        catch (Exception e)
        {
            if (!_opened.TrySetException(e))
            {
                NetworkLog.AbandonedConnectFailed(logger, e);
            }
        }
    }
}
