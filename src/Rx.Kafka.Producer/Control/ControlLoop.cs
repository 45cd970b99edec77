using System.Net;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Control;

/// <summary>
/// The client's one loop and one connection for everything but Produce, to any broker: on the connection of an acks = all Produce its
/// requests would wait for that. The loop has one await, runs a list of tasks, and starts with the first wish. Any thread may call
/// <see cref="Wish"/>, <see cref="Wake"/>, <see cref="LastFailure"/> and <see cref="DisposeAsync"/>; all else is for the tasks, on
/// the loop.
/// </summary>
internal sealed class ControlLoop : ILinkOwner, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly AsyncSignal _wake = new();
    private readonly List<ControlTask> _tasks = [];
    private readonly KafkaProducerOptions _options;
    private readonly BrokerLink _link;
    private readonly BrokerRound _round;
    private readonly SuspectHosts _suspects;
    private Task? _running;
    private volatile Exception? _lastFailure;
    private volatile bool _disposed;
    private bool _roundFailed; // since the last success
    private string? _toldRefusal;

    /// <summary>Makes it; nothing is opened yet.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="connector">Opens the connection.</param>
    /// <param name="random">This loop's own.</param>
    /// <param name="events">Where to tell of trouble.</param>
    public ControlLoop(KafkaProducerOptions options, Connector connector, Random random, MetadataEvents events)
    {
        _options = options;
        Time = connector.Time;
        Events = events;
        _link = new BrokerLink(connector, options, random, ApiKey.Metadata, this);
        _suspects = connector.Suspects;
        _suspects.Found = Wake;
        _round = new BrokerRound(
            [.. options.EffectiveBootstrapServers.Select(static s => new DnsEndPoint(s.Host, s.Port))],
            random,
            host => _suspects.Contains(host));
    }

    public TimeProvider Time { get; }

    public MetadataEvents Events { get; }

    /// <summary>Why the last attempt to ask somebody failed; null after a success.</summary>
    public Exception? LastFailure => _lastFailure;

    public bool IsDisposed => _disposed;

    /// <summary>Whether a question would need no new connection.</summary>
    public bool HasConnection => _link.Connection is { IsClosed: false };

    /// <summary>Adds a task. Before the first wish.</summary>
    public void Add(ControlTask task) => _tasks.Add(task);

    /// <summary>A task has something to do: the loop looks, and is started if need be. False = disposed.</summary>
    public bool Wish()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _running ??= Task.Factory.StartNew(
                RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.Runtime.TaskScheduler).Unwrap();
        }

        _wake.Set();
        return true;
    }

    /// <summary>Something happened that the loop waits for.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends the loop and closes the connection; then the tasks are told.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true; // from here on nobody starts the loop
        }

        _wake.Set();
        await (_running ?? Task.CompletedTask);
        _tasks.ForEach(static task => task.Disposed());
    }

    /// <summary>The brokers known now, which are tried before the bootstrap addresses.</summary>
    public void Know(IReadOnlyList<BrokerNode> brokers) => _round.Known = brokers;

    /// <summary>A broker described the cluster: the next round begins with everybody.</summary>
    public void Succeeded()
    {
        _round.End();
        _roundFailed = false;
        _toldRefusal = null;
        _lastFailure = null;
    }

    /// <summary>A request had no answer, or none of use: the next broker of the round is next.</summary>
    public void Failed(ControlRequest request, Exception cause, long now)
    {
        _link.GiveUp(request.Connection, cause, now);
        AttemptFailed(cause);
    }

    /// <summary>The brokers known so far are of no use any more: only the bootstrap addresses are tried next.</summary>
    public void Rebootstrap(Exception cause)
    {
        _link.Renew(cause.Message);
        _round.Known = [];
        _round.Begin();
        _lastFailure = cause;
    }

    /// <summary>An answer came, and with it how long the broker wants to be left alone.</summary>
    public void Answered(ControlRequest request, int throttleMs, long now)
    {
        if (throttleMs > 0)
        {
            Events.Throttled(request.Connection.Name, request.Key.ToString(), throttleMs);
            _link.Throttle.Take(request, throttleMs, now);
        }
    }

    bool ILinkOwner.HasAnotherEndPoint => !_round.IsOver;

    EndPoint ILinkOwner.NextEndPoint() => _round.Next();

    void ILinkOwner.Connected(BrokerConnection connection)
    {
        Events.Connected(connection.Name);
        _tasks.ForEach(task => task.Connected(connection, Time.GetTimestamp()));
    }

    void ILinkOwner.ConnectFailed(EndPoint endPoint, Exception cause, TimeSpan pause)
    {
        Events.ConnectFailed(EndPointText.Of(endPoint), cause.Message);
        AttemptFailed(cause);
    }

    void ILinkOwner.Disconnected(BrokerConnection connection, Exception cause, TimeSpan pause)
    {
        if (cause is IntendedCloseException)
        {
            Events.ConnectionClosed(connection.Name, cause.Message);
        }
        else if (cause is IdleEndException)
        {
            Events.ClosedWhileIdle(connection.Name, cause.Message);
        }
        else
        {
            Events.ConnectionLost(connection.Name, cause.Message);
        }
    }

    private async Task RunAsync()
    {
        using var timer = Time.CreateTimer(
            static wake => ((AsyncSignal)wake!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!_disposed)
        {
            // Set each time: a timer may fire a little early, and is then needed again.
            var due = Pass();
            timer.Change(Time.Until(Time.GetTimestamp(), due), Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync();
        }

        await _link.DisposeAsync();
    }

    /// <summary>One pass: takes in what came, starts what is due. Returns when to look again.</summary>
    private long Pass()
    {
        var now = Time.GetTimestamp();
        try
        {
            return Step(now);
        }
        catch (Exception e)
        {
            // A fault of ours, or of whom a task tells: the loop goes on after a pause.
            MetadataLog.LoopFailed(Events.Logger, e);
            _tasks.ForEach(task => task.LoopFailed(e, now));
            Rebootstrap(e);
            return Time.After(now, _options.RetryBackoffMax);
        }
    }

    private long Step(long now)
    {
        _tasks.ForEach(task => task.Poll(now));
        _link.Keep(now, IsConnectionWanted(now));
        LeaveSuspect();
        foreach (var task in _tasks)
        {
            if (_link.CanSend(now) && task.DueAt <= now)
            {
                task.Ask(_link.Connection!, now);
            }
        }

        var due = NextDue;
        return Math.Min(due > now ? due : long.MaxValue, _link.Keep(now, IsConnectionWanted(now)));
    }

    /// <summary>A host that answers neither us nor a link that sends is left, if there is another to ask.</summary>
    private void LeaveSuspect()
    {
        if (_link.IsSilent && _link.Connection is { } silent && MayBeDead(silent.EndPoint) && _round.HasUnsuspected)
        {
            _round.Begin();
            _link.Renew($"{silent.Name} has not answered for a second, nor does it answer Produce. Another broker is asked.");
        }
    }

    /// <summary>An address that no known broker has may lead to any of them.</summary>
    private bool MayBeDead(EndPoint host) =>
        _suspects.Contains(_round.IsOfBroker(host) ? host : null, besides: _link.Suspicion);

    private long NextDue => _tasks.Min(static task => task.DueAt);

    // While a question is on its way there is a connection, or the news of its end is about to come.
    private bool IsConnectionWanted(long now) => NextDue <= now && !_tasks.Exists(static task => task.IsAsking);

    /// <summary>An attempt failed; after the last one of a round, those who wait for anybody's answer are told.</summary>
    private void AttemptFailed(Exception cause)
    {
        _round.Failed(cause);
        _lastFailure = cause;

        // A connection that worked and is lost says nothing of the other brokers.
        if (!_round.IsOver || !_round.HasBegun)
        {
            return;
        }

        var error = _round.Error();
        _lastFailure = error;

        // Loud once for each cause: while nobody answers there is a round each second.
        if (error is KafkaAuthenticationException)
        {
            if (!string.Equals(error.Message, _toldRefusal, StringComparison.Ordinal))
            {
                _toldRefusal = error.Message;
                MetadataLog.Refused(Events.Logger, error.Message);
            }
        }
        else if (!_roundFailed)
        {
            _roundFailed = true;
            MetadataLog.RoundFailed(Events.Logger, error.Message);
        }

        _tasks.ForEach(task => task.NobodyAnswered(error));
    }
}
