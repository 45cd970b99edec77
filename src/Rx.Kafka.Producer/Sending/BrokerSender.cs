using System.Net;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Network;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Sending;

/// <summary>
/// The loop of one broker: pulls requests and sends them on its one connection while permits last. A permit is taken before a request
/// is pulled, and given back on its answer: that is the back-pressure, read backwards. Any thread may call <see cref="SendingLoop.Wake"/>,
/// <see cref="AnswersRead"/> and <see cref="AnswerRead"/>; all else is for the loop.
/// </summary>
internal sealed class BrokerSender : SendingLoop, ILinkOwner
{
    /// <summary>
    /// We wait longer than the broker was told to, so that its own REQUEST_TIMED_OUT wins over a cut. It does not delay the move to
    /// another leader: metadata is asked before the grace begins, and a leader of before is given up sooner.
    /// </summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(5);

    /// <summary>How long the old leader may stay silent before its connection is closed, so that a moving partition goes on.</summary>
    private static readonly TimeSpan MoveSilence = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _permits;
    private readonly BrokerRequests _requests;
    private readonly BrokerLink _link;
    private readonly BrokerStall _stall;
    private readonly Action<PartitionLane> _block;
    private readonly LogRate _throttles;
    private readonly LogRate _failures;
    private BrokerNode _node;
    private BrokerTags _tags;
    private long _movingSince;
    private long _answeredAt = long.MinValue;
    private string? _toldRefusal;

    /// <summary>Makes it; it does nothing before it is started.</summary>
    /// <param name="node">The broker.</param>
    /// <param name="memory">What the broker's partitions hold.</param>
    /// <param name="stall">Since when the broker takes nothing.</param>
    /// <param name="context">What all loops share.</param>
    public BrokerSender(BrokerNode node, BrokerMemory memory, BrokerStall stall, SendingContext context)
        : base(context, memory)
    {
        _stall = stall;
        _node = node;
        _tags = new BrokerTags(node.Host, node.Port);
        BrokerId = node.Id;

        // With a maximum: one that is given back twice ends the loop instead of letting more requests out.
        var inFlight = context.Options.MaxInFlightRequestsPerConnection;
        _permits = new SemaphoreSlim(inFlight, inFlight);
        _requests = new BrokerRequests(this, context);
        var grace = context.Options.RequiredAcks == RequiredAcks.None ? TimeSpan.Zero : AnswerGrace;
        _link = new BrokerLink(context.Connector, context.Options, context.NewRandom(), ApiKey.Produce, this, grace);
        _block = Block;
        _throttles = context.Events.NewRate();
        _failures = context.Events.NewRate();
    }

    /// <summary>Never changes, unlike the address.</summary>
    public override int BrokerId { get; }

    /// <summary>The broker listens at another address now. Loop.</summary>
    public void MovedTo(BrokerNode node)
    {
        if (node.Host == _node.Host && node.Port == _node.Port)
        {
            return;
        }

        Volatile.Write(ref _node, node);
        _tags = new BrokerTags(node.Host, node.Port);
        _link.Suspicion.Withdraw();
        _link.Renew($"Broker {node.Id} is at {node.Host}:{node.Port} now.");
    }

    /// <summary>
    /// The read loop has nothing else to do: our step runs on its thread, which saves a change of threads for each answer.
    /// </summary>
    public void AnswersRead() => GoOn();

    /// <summary>An answer was read; <see cref="AnswersRead"/> follows. Read loop.</summary>
    public void AnswerRead(BrokerProduceRequest request) => PostQuietly(request);

    /// <summary>A request has its answer, or never gets one: its permit comes back. Loop.</summary>
    public void Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _permits.Release();
        if (lost is null)
        {
            Volatile.Write(ref _answeredAt, now);
            Context.Events.Traffic.Answered(_tags, request.BatchBytes, request.SentAt);
        }

        if (lost is null && request.ThrottleTimeMs > 0)
        {
            Context.Events.Throttled(_node.Id, request.Connection.Name, request.ThrottleTimeMs, _throttles);
            _link.Throttle.Take(request, request.ThrottleTimeMs, now);
        }

        _requests.Return(request);
    }

    /// <inheritdoc/>
    public override BrokerStatus? Describe(long now)
    {
        var (node, answeredAt) = (Volatile.Read(ref _node), Volatile.Read(ref _answeredAt));
        return new BrokerStatus
        {
            Id = node.Id,
            Host = node.Host,
            Port = node.Port,
            EndPoint = EndPointText.Of(node.Host, node.Port),
            IsConnected = _link.Connection is { IsClosed: false },
            RequestsInFlight = Context.Options.MaxInFlightRequestsPerConnection - _permits.CurrentCount,
            SinceLastAnswer = answeredAt == long.MinValue ? null : Context.Time.GetElapsedTime(answeredAt, now),
            LastFailure = _link.LastFailure,
        };
    }

    EndPoint ILinkOwner.NextEndPoint() => new DnsEndPoint(_node.Host, _node.Port);

    void ILinkOwner.Connected(BrokerConnection connection)
    {
        _toldRefusal = null;
        Context.Events.Connected(_node.Id, connection.Name);
    }

    void ILinkOwner.Overdue() => Context.Metadata.RequestRefresh();

    void ILinkOwner.ConnectFailed(EndPoint endPoint, Exception cause, TimeSpan pause)
    {
        if (cause is KafkaAuthenticationException)
        {
            Context.Events.Refused(_node.Id, cause.Message, isNews: !string.Equals(cause.Message, _toldRefusal, StringComparison.Ordinal));
            _toldRefusal = cause.Message;
        }
        else
        {
            Context.Events.ConnectFailed(
                _node.Id, EndPointText.Of(endPoint), _link.FailedAttempts, pause, cause.Message, _failures);
        }

        Context.Metadata.RequestRefresh();
    }

    void ILinkOwner.Disconnected(BrokerConnection connection, Exception cause, TimeSpan pause)
    {
        if (cause is IntendedCloseException)
        {
            Context.Events.ConnectionClosed(_node.Id, connection.Name, cause.Message);
            return;
        }

        var isSign = IsSignOfError(connection, cause);
        if (isSign)
        {
            Context.Events.ConnectionLost(_node.Id, connection.Name, pause, cause.Message);
        }
        else
        {
            Context.Events.ClosedWhileIdle(_node.Id, connection.Name, cause.Message);
        }

        if (Listed > 0 || (isSign && Context.Options.RequiredAcks == RequiredAcks.None))
        {
            Context.Metadata.RequestRefresh();
        }
    }

    /// <summary>With acks = 0 a close soon after a record is the broker's only way to refuse it.</summary>
    private bool IsSignOfError(BrokerConnection connection, Exception cause) => cause is not IdleEndException
        || (Context.Options.RequiredAcks == RequiredAcks.None
            && Context.Time.GetElapsedTime(connection.LastUsedAt) < Context.Options.RequestTimeout);

    protected override bool IsOwnerRefused => _link.IsRefused;

    protected override string DescribeOwner(long now)
    {
        var failure = _link.LastFailure is { } text ? $" ({text.TrimEnd('.')})" : "";
        var state = _link.Connection is null ? $", not connected{failure}"
            : _link.Throttle.Until <= now ? ""
            : $", which throttles this client for another {Context.Time.Until(now, _link.Throttle.Until).TotalMilliseconds:0} ms";
        return $"led by broker {_node.Id} at {_node.Host}:{_node.Port}{state}";
    }

    protected override async Task StopAsync()
    {
        await _link.DisposeAsync();
        _permits.Dispose();
    }

    protected override long Work(long now)
    {
        IsSaturated = false;
        var next = _link.Keep(now, wanted: Listed > 0);
        if (_link.Connection is not { } connection)
        {
            NoteStall(now);
            return next;
        }

        if (now < _link.Throttle.Until)
        {
            NoteStall(now);
            return Math.Min(next, WatchMoves(connection, now));
        }

        Send(connection, now);
        IsSaturated = !connection.CanSend || _permits.CurrentCount == 0;
        return Math.Min(_link.Keep(now, wanted: Listed > 0), WatchMoves(connection, now));
    }

    private void Send(BrokerConnection connection, long now)
    {
        try
        {
            while (connection.CanSend && Listed > 0 && TryWriteNext(connection, now))
            {
            }
        }
        finally
        {
            // Also after a fault: a connection ends only when what was written is flushed.
            connection.Flush();
        }

        NoteStall(now);
    }

    private void NoteStall(long now)
    {
        if (Listed == 0)
        {
            _stall.Drained();
        }
        else
        {
            _stall.Held(now);
        }
    }

    /// <summary>Takes a permit and writes the next request, or gives the permit back.</summary>
    private bool TryWriteNext(BrokerConnection connection, long now)
    {
        if (!_permits.Wait(0))
        {
            return false;
        }

        if (_requests.Pull(connection, now, _block) is not { } request)
        {
            _permits.Release();
            return false;
        }

        request.SendOn(connection);
        if (!connection.TryWrite(request))
        {
            _permits.Release();
            request.PutBack();
            _requests.Return(request);
            return false;
        }

        request.Sent(now);

        // A broker under constant load never empties its ring; writing a request is enough to clear the mark.
        _stall.Drained();
        return true;
    }

    private long WatchMoves(BrokerConnection connection, long now)
    {
        var owesSince = connection.Requests.OldestSince;
        if (!HasMoving || owesSince == long.MaxValue)
        {
            _movingSince = 0;
            return long.MaxValue;
        }

        _movingSince = _movingSince == 0 ? now : _movingSince;
        var heard = Math.Max(Math.Max(owesSince, connection.LastByteAt), _link.Throttle.Until);
        var silentAt = Context.Time.After(Math.Max(_movingSince, heard), MoveSilence);
        if (silentAt > now)
        {
            return silentAt;
        }

        connection.Close(new KafkaException($"{connection.Name} leads some partitions no longer and was silent for 1 s."));
        return long.MaxValue;
    }
}
