using Rx.Kafka.Concurrency;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>
/// Keeps one connection open for its owner: connects with a back-off, closes what is silent or idle, and knows when the broker wants
/// to be left alone. All members belong to the owner's loop. The connect task and the read loop only leave their news here and wake
/// the owner, which then calls <see cref="Keep"/>.
/// </summary>
internal sealed class BrokerLink : IConnectionOwner, IAsyncDisposable
{
    private readonly Connector _connector;
    private readonly KafkaProducerOptions _options;
    private readonly ApiKey _needs;
    private readonly ILinkOwner _owner;
    private readonly TimeProvider _time;
    private readonly Backoff _pause;
    private readonly Backoff _setup;
    private readonly RequestTimeout _timeout;
    private readonly SessionRenewal _renewal;
    private CancellationTokenSource _wanted = new(); // of attempts, until they are not
    private Task _opening = Task.CompletedTask;
    private Task _ending = Task.CompletedTask;
    private ConnectAttempt? _news; // of the connect task
    private ConnectAttempt? _attempt;
    private TimeSpan _setupTimeout;
    private bool _hasFailed; // an attempt since the setup timeout was chosen
    private long _notBefore = long.MinValue;
    private bool _isOverdue;

    /// <summary>Makes a link; nothing is opened before somebody wants it.</summary>
    /// <param name="connector">Opens the connections.</param>
    /// <param name="options">The times.</param>
    /// <param name="random">The jitter of the back-offs, this link's own.</param>
    /// <param name="needs">A connection without this API is of no use.</param>
    /// <param name="owner">Whose link it is.</param>
    /// <param name="grace">How much longer than RequestTimeout we wait for an answer.</param>
    public BrokerLink(
        Connector connector, KafkaProducerOptions options, Random random, ApiKey needs, ILinkOwner owner, TimeSpan grace = default)
    {
        _connector = connector;
        _options = options;
        _needs = needs;
        _owner = owner;
        _time = connector.Time;
        _pause = new Backoff(LeastPause.OrMore(options.EffectiveReconnectBackoff), options.EffectiveReconnectBackoffMax, random);
        _setup = new Backoff(options.EffectiveConnectionSetupTimeout, options.ConnectionSetupTimeoutMax, random);
        _setupTimeout = _setup.Next();
        Throttle = new BrokerThrottle(_time);
        Suspicion = new Suspicion(connector.Suspects);
        _timeout = new RequestTimeout(_time, options.RequestTimeout, grace);
        _renewal = new SessionRenewal(_time, random);
    }

    /// <summary>The connection; it may be closed already, while its requests are still being told. Null = there is none.</summary>
    public BrokerConnection? Connection { get; private set; }

    /// <summary>Until when the broker wants to be left alone.</summary>
    public BrokerThrottle Throttle { get; }

    /// <summary>Which host this link takes to be dead.</summary>
    public Suspicion Suspicion { get; }

    /// <summary>Whether the broker owes an answer, and has sent nothing for a second.</summary>
    public bool IsSilent => Connection is { IsClosed: false } && _timeout.IsSilent;

    /// <summary>Why the last attempt to connect failed; null after a success.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Whether the last attempt failed because the broker refused who we are.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>How many attempts to connect have failed in a row.</summary>
    public int FailedAttempts { get; private set; }

    /// <summary>Whether a request can go out now.</summary>
    public bool CanSend(long now) => Connection is { CanSend: true } && now >= Throttle.Until;

    /// <summary>Takes in what happened, closes what is silent or idle, and connects if need be.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="wanted">Whether there is something to send.</param>
    /// <returns>When to call it again; long.MaxValue = only after the next wake-up.</returns>
    public long Keep(long now, bool wanted)
    {
        TakeNews(now);
        if (Connection is { HasEnded: true } ended)
        {
            End(ended, now);
        }

        return Connection is { } open ? Watch(open, now, wanted) : wanted ? Connect(now) : long.MaxValue;
    }

    /// <summary>A connection works, but what came on it is of no use: it is closed, and counts as a failed attempt.</summary>
    public void GiveUp(BrokerConnection connection, Exception cause, long now)
    {
        if (connection == Connection && !connection.IsClosed)
        {
            Pause(now, now);
            connection.Close(new IntendedCloseException(cause.Message));
        }
    }

    /// <summary>The address changed, or what the connection was made with: the next one is made at once; all before is void.</summary>
    public void Renew(string reason)
    {
        if (_attempt is { IsVoid: false } attempt)
        {
            // Not waited for: the old address may be silent. What a transport does when its token is cancelled does not run here.
            attempt.IsVoid = true;
            _ = Task.Factory.StartNew(
                _wanted.CancelQuietly, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _connector.Scheduler);
            _wanted = new CancellationTokenSource();
        }

        _notBefore = long.MinValue;
        Connection?.Close(new IntendedCloseException(reason));
    }

    /// <summary>Gives up whatever is open or on its way, and waits for its end; the owner hears nothing of it.</summary>
    public async ValueTask DisposeAsync()
    {
        var disposed = new IntendedCloseException("The producer was disposed.");
        _wanted.CancelQuietly();
        await _opening;
        foreach (var connection in new[] { Connection, Interlocked.Exchange(ref _news, null)?.Connection })
        {
            connection?.Close(disposed);
            await (connection?.Ended ?? Task.CompletedTask);
        }

        await _ending;
        Suspicion.Withdraw();
        _wanted.Dispose();
    }

    public void Flushed(BrokerConnection connection) => _owner.Wake();

    public void Closed(BrokerConnection connection, Exception cause) => _owner.Wake();

    public void AnswersRead() => _owner.AnswersRead();

    private void TakeNews(long now)
    {
        if (Interlocked.Exchange(ref _news, null) is not { } attempt)
        {
            return;
        }

        _attempt = null;
        if (attempt.IsVoid)
        {
            if (attempt.Connection is { } late)
            {
                Close(late, new IntendedCloseException("Not needed any more."));
            }

            return;
        }

        if (attempt.Connection is { } connection)
        {
            // It may be closed already: then its end was told before anybody knew it.
            attempt.Failure = connection.CloseReason ?? ConnectFailure.Unsupported(connection, _needs);
            if (attempt.Failure is null)
            {
                Adopt(connection);
                return;
            }

            Close(connection, attempt.Failure);
        }

        _hasFailed = true;
        LastFailure = attempt.Failure!.Message;
        IsRefused = attempt.Failure is KafkaAuthenticationException;
        FailedAttempts++;
        Suspicion.Tell(attempt.EndPoint, isSuspect: !IsRefused);
        _owner.ConnectFailed(attempt.EndPoint, attempt.Failure, Pause(now, now));
    }

    private void Adopt(BrokerConnection connection)
    {
        // Only a handshake that is through makes the back-off small again: a broker may accept and then drop.
        _pause.Reset();
        _setup.Reset();
        _setupTimeout = _setup.Next();
        _hasFailed = false;
        LastFailure = null;
        IsRefused = false;
        FailedAttempts = 0;
        Throttle.Forget();
        _timeout.Begin();
        _renewal.Begin(connection.Session);
        Suspicion.Tell(connection.EndPoint, isSuspect: false);
        Connection = connection;
        _owner.Connected(connection);
    }

    /// <summary>
    /// All requests of the connection were told. Nothing is wrong with one that we closed on purpose, so the next may come at once.
    /// </summary>
    private void End(BrokerConnection connection, long now)
    {
        Connection = null;
        var cause = connection.CloseReason!;
        if (cause is not (IntendedCloseException or IdleEndException))
        {
            Suspicion.Tell(connection.EndPoint, isSuspect: true);
        }

        // After an idle time the pause is long over. A peer that closes each new connection at once still meets it.
        var pause = cause is IntendedCloseException ? TimeSpan.Zero
            : Pause(now, from: cause is IdleEndException ? connection.LastUsedAt : now);
        _owner.Disconnected(connection, cause, pause);
    }

    private void Close(BrokerConnection connection, Exception reason)
    {
        connection.Close(reason);
        _ending = Task.WhenAll(_ending, connection.Ended);
    }

    private long Watch(BrokerConnection open, long now, bool wanted)
    {
        if (open.IsClosed)
        {
            return long.MaxValue;
        }

        var sendAt = wanted && open.CanSend && Throttle.Until > now ? Throttle.Until : long.MaxValue;
        var renewAt = long.MaxValue;
        Exception? reason = _timeout.Look(open, Throttle.Until, now, out var due);
        reason ??= _renewal.Look(open, now, out renewAt);
        if (reason is null && due == long.MaxValue && !wanted)
        {
            reason = IdleTimeout.Look(open, _options.ConnectionsMaxIdle, _time, now, out due);
        }

        if (reason is null)
        {
            TellSilence(open);
            return Math.Min(Math.Min(due, renewAt), sendAt);
        }

        open.Close(reason);
        return long.MaxValue;
    }

    private void TellSilence(BrokerConnection open)
    {
        Suspicion.Tell(open.EndPoint, _timeout.IsSilent);
        if (_isOverdue != _timeout.IsOverdue)
        {
            _isOverdue = _timeout.IsOverdue;
            if (_isOverdue)
            {
                _owner.Overdue();
            }
        }
    }

    private long Connect(long now)
    {
        if (_attempt is not null || now < _notBefore)
        {
            return _attempt is null ? _notBefore : long.MaxValue;
        }

        // More time for the next round, not for the next broker of this one: they are different brokers.
        if (_hasFailed && !_owner.HasAnotherEndPoint)
        {
            _hasFailed = false;
            _setupTimeout = _setup.Next();
        }

        _attempt = new ConnectAttempt(_owner.NextEndPoint());
        _opening = _attempt.RunAsync(_connector, this, _setupTimeout, AttemptEnded, _wanted.Token);
        return long.MaxValue;
    }

    /// <summary>An attempt failed, or a connection was lost: the next one waits, unless there is another broker to try.</summary>
    private TimeSpan Pause(long now, long from)
    {
        // A credential is rarely mended within milliseconds, and guesses in quick succession may lock the account.
        _notBefore = _owner.HasAnotherEndPoint ? now
            : Math.Max(now, _time.After(from, IsRefused ? _pause.Longest() : _pause.Next()));
        return _time.GetElapsedTime(now, _notBefore);
    }

    private void AttemptEnded(ConnectAttempt attempt)
    {
        Volatile.Write(ref _news, attempt);
        _owner.Wake();
    }
}
