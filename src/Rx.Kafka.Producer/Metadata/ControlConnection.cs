using System.Globalization;
using System.Net;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Metadata;

/// <summary>
/// The client's one connection for everything but Produce, to any broker: a metadata request behind an acks = all Produce would wait for it.
/// Opened when needed, closed when idle. Owned by the refresh loop; a connect task and the read loop only leave things here and wake it.
/// </summary>
internal sealed class ControlConnection : IConnectionOwner, IAsyncDisposable
{
    private readonly Connector _connector;
    private readonly KafkaProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly AsyncSignal _wake;
    private readonly MetadataEvents _events;
    private readonly BrokerRound _round;
    private readonly Backoff _reconnect;
    private readonly Backoff _setup;
    private readonly CancellationTokenSource _disposing = new();
    private Task _opening = Task.CompletedTask;
    private Task _ending = Task.CompletedTask;
    private Opened? _opened; // left by the connect task
    private TimeSpan _setupTimeout;
    private bool _connecting;
    private bool _timedOut; // an attempt of this round
    private long _notBefore = long.MinValue;
    private long _mutedUntil = long.MinValue;

    public ControlConnection(Connector connector, KafkaProducerOptions options, TimeProvider time, Random random, AsyncSignal wake, MetadataEvents events)
    {
        _connector = connector;
        _options = options;
        _time = time;
        _wake = wake;
        _events = events;
        _round = new BrokerRound([.. options.EffectiveBootstrapServers.Select(static s => new DnsEndPoint(s.Host, s.Port))], random);
        _reconnect = new Backoff(LeastPause.OrMore(options.EffectiveReconnectBackoff), options.EffectiveReconnectBackoffMax, random);
        _setup = new Backoff(options.EffectiveConnectionSetupTimeout, options.ConnectionSetupTimeoutMax, random);
        _setupTimeout = _setup.Next();
    }

    /// <summary>The open connection, if there is one.</summary>
    public BrokerConnection? Connection { get; private set; }

    /// <summary>Whether a request can go out now.</summary>
    public bool CanSend(long now) => Connection is { CanSend: true } && now >= _mutedUntil;

    /// <summary>Takes in what happened since. Returns why a connection attempt failed, if one did.</summary>
    public Exception? Poll(long now)
    {
        if (Connection is { } open)
        {
            Watch(open, now);
        }

        if (Interlocked.Exchange(ref _opened, null) is not { } opened)
        {
            return null;
        }

        _connecting = false;
        if (opened.Connection is null)
        {
            _timedOut |= opened.Failure is ConnectTimeoutException;
            _events.ConnectFailed(opened.Name, opened.Failure!.Message);
            return opened.Failure;
        }

        if (opened.Connection.IsClosed)
        {
            // It broke before it was taken in; its end was told already, and is not told again.
            _events.ConnectFailed(opened.Name, opened.Connection.CloseReason!.Message);
            return opened.Connection.CloseReason;
        }

        // Only a handshake that is through makes the back-off small again: a broker may accept and then drop.
        _reconnect.Reset();
        _setup.Reset();
        _setupTimeout = _setup.Next();
        _mutedUntil = long.MinValue;
        Connection = opened.Connection;
        _events.Connected(opened.Name);
        return null;
    }

    /// <summary>Opens a connection unless there is one, or one is on its way, or the back-off says no.</summary>
    public void Ensure(long now, IReadOnlyList<BrokerNode> known)
    {
        if (Connection is not null || _connecting || now < _notBefore)
        {
            return;
        }

        if (_round.IsOver)
        {
            _round.Begin(known);

            // More time for the next round, not for the next broker: they are different ones.
            _setupTimeout = _timedOut ? _setup.Next() : _setupTimeout;
            _timedOut = false;
        }

        _connecting = true;
        _opening = OpenAsync(_round.Next(), _setupTimeout);
    }

    /// <summary>An attempt (connecting, or a request) failed: drops the connection; the next in the round is next.</summary>
    /// <returns>When that was the last of the round: what to tell.</returns>
    public Exception? Failed(long now, Exception cause)
    {
        Drop(cause, wasLost: Connection?.IsClosed == true);
        _round.Failed(cause);
        if (!_round.IsOver)
        {
            return null;
        }

        _notBefore = _time.After(now, _reconnect.Next());

        // A connection that worked and is lost says nothing of the others.
        return _round.HasBegun ? _round.Error() : null;
    }

    /// <summary>The brokers known so far are of no use any more: only the bootstrap addresses are tried next.</summary>
    public void Rebootstrap(Exception cause)
    {
        Drop(cause, wasLost: false);
        _round.Begin([]);
    }

    /// <summary>A request was answered well: the next round begins with everybody.</summary>
    public void Succeeded() => _round.End();

    /// <summary>The broker wants to be left alone for a while, or not at all.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="milliseconds">How long; 0 = not at all.</param>
    /// <param name="request">What it answered so.</param>
    public void Mute(long now, int milliseconds, ApiKey request)
    {
        if (milliseconds > 0)
        {
            _events.Throttled(Connection?.Name ?? "A broker", request.ToString(), milliseconds);
            _mutedUntil = _time.After(now, TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    /// <summary>When to look again.</summary>
    /// <param name="wanted">Whether somebody waits for a connection or for a chance to send.</param>
    public long DueAt(bool wanted)
    {
        if (Connection is not { } open)
        {
            return wanted && !_connecting ? _notBefore : long.MaxValue;
        }

        var due = open.InFlight > 0
            ? _time.After(open.OldestSince, _options.RequestTimeout)
            : IdleAt(open);
        return wanted && open.CanSend ? Math.Min(due, _mutedUntil) : due;
    }

    /// <summary>Gives up whatever is open or on its way, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposing.Cancel();
        await _opening;
        Connection ??= Interlocked.Exchange(ref _opened, null)?.Connection;
        Drop(new KafkaException("The producer was disposed."), wasLost: false);
        await _ending;
        _disposing.Dispose();
    }

    public void Flushed(BrokerConnection connection) => _wake.Set();

    public void Closed(BrokerConnection connection, Exception cause) => _wake.Set();

    /// <summary>When an open connection with nothing in flight has been idle for too long; long.MaxValue = never.</summary>
    private long IdleAt(BrokerConnection open) =>
        _options.ConnectionsMaxIdle < TimeSpan.Zero ? long.MaxValue : _time.After(open.LastUsedAt, _options.ConnectionsMaxIdle);

    private void Watch(BrokerConnection open, long now)
    {
        if (open.IsClosed)
        {
            Drop(open.CloseReason!, wasLost: true);
        }
        else if (open.InFlight > 0)
        {
            if (now >= _time.After(open.OldestSince, _options.RequestTimeout))
            {
                var seconds = _options.RequestTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                Drop(new KafkaException($"{open.Name} did not answer within {seconds} s (RequestTimeout)."), wasLost: true);
            }
        }
        else if (now >= IdleAt(open))
        {
            Drop(new KafkaException($"The control connection to {open.Name} was not used for ConnectionsMaxIdle."), wasLost: false);
        }
    }

    private void Drop(Exception reason, bool wasLost)
    {
        if (Connection is { } open)
        {
            Connection = null;
            if (wasLost)
            {
                _events.ConnectionLost(open.Name, reason.Message);
            }
            else
            {
                _events.ConnectionClosed(open.Name, reason.Message);
            }

            open.Close(reason);
            _ending = _ending.IsCompleted ? open.Ended : Task.WhenAll(_ending, open.Ended);
        }
    }

    private async Task OpenAsync(EndPoint endPoint, TimeSpan setupTimeout)
    {
        Opened opened;
        var name = EndPointText.Of(endPoint);
        try
        {
            opened = new Opened(name, await _connector.ConnectAsync(endPoint, this, setupTimeout, _disposing.Token), null);
        }
        catch (Exception e)
        {
            opened = new Opened(name, null, e);
        }

        Volatile.Write(ref _opened, opened);
        _wake.Set();
    }

    private sealed record Opened(string Name, BrokerConnection? Connection, Exception? Failure);
}
