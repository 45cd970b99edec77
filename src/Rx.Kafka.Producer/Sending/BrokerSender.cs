using System.Net;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Sending;

/// <summary>
/// The loop of one broker: pulls requests and sends them on its one connection while permits last. A permit is taken before a request is pulled, and given back on its answer:
/// that is the back-pressure, read backwards.
/// </summary>
internal sealed class BrokerSender : SendingLoop, IConnectionOwner
{
    /// <summary>We wait longer than the broker was told to, so that its own REQUEST_TIMED_OUT wins over a cut.</summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(5);

    /// <summary>How long the old leader may stay silent before its connection is closed, so that a moving partition goes on.</summary>
    private static readonly TimeSpan MoveSilence = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _permits;
    private readonly BrokerRequests _requests;
    private readonly ConnectAttempts _attempts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<PartitionLane> _block;
    private readonly LogRate _throttles;
    private BrokerNode _node;
    private BrokerConnection? _connection;
    private BrokerConnection? _opened; // the last one that the connect task made
    private Task _opening = Task.CompletedTask;
    private bool _isConnecting;
    private long _throttledUntil;
    private long _movingSince;

    public BrokerSender(BrokerNode node, SendingContext context)
        : base(context)
    {
        _node = node;
        BrokerId = node.Id;

        // With a maximum: one that is given back twice ends the loop instead of letting more requests out.
        var inFlight = context.Options.MaxInFlightRequestsPerConnection;
        _permits = new SemaphoreSlim(inFlight, inFlight);
        _requests = new BrokerRequests(this, context);
        _attempts = new ConnectAttempts(context);
        _block = Block;
        _throttles = context.Events.NewRate();
    }

    /// <summary>Never changes, unlike the address.</summary>
    public override int BrokerId { get; }

    /// <summary>Since when this broker takes nothing, for the partitioners.</summary>
    public override BrokerStall Stall { get; } = new();

    /// <summary>The broker's address came anew. Loop.</summary>
    public void MovedTo(BrokerNode node)
    {
        if (node.Host == _node.Host && node.Port == _node.Port)
        {
            return;
        }

        _node = node;
        _attempts.BeginAnew();
        _connection?.Close(new IntendedCloseException($"Broker {node.Id} is at {node.Host}:{node.Port} now."));
    }

    public void Flushed(BrokerConnection connection) => Wake();

    /// <summary>The read loop has nothing else to do: our step runs on its thread, which saves a change of threads for each answer.</summary>
    public void AnswersRead() => GoOn();

    /// <summary>An answer was read; <see cref="AnswersRead"/> follows. Read loop.</summary>
    public void AnswerRead(BrokerProduceRequest request) => PostQuietly(request);

    public void Closed(BrokerConnection connection, Exception cause) => Post(() => Disconnected(connection, cause));

    /// <summary>A request has its answer, or never gets one: its permit comes back. Loop.</summary>
    public void Ended(BrokerProduceRequest request, Exception? lost, long now)
    {
        _permits.Release();
        const short ClientSideThrottling = 6;
        if (lost is null && request.ThrottleTimeMs > 0)
        {
            Context.Events.Throttled(_node.Id, request.Connection.Name, request.ThrottleTimeMs, _throttles);

            // Older brokers have waited themselves before they answered.
            var until = request.Version < ClientSideThrottling ? 0 : Context.Time.After(now, TimeSpan.FromMilliseconds(request.ThrottleTimeMs));
            _throttledUntil = Math.Max(_throttledUntil, until);
        }

        _requests.Return(request);
    }

    protected override string DescribeOwner(long now)
    {
        var state = _connection is null ? _attempts.LastFailure is { } failure ? $", not connected ({failure.TrimEnd('.')})" : ", not connected"
            : now < _throttledUntil ? $", which throttles this client for another {Context.Time.Until(now, _throttledUntil).TotalMilliseconds:0} ms"
            : "";
        return $"led by broker {_node.Id} at {_node.Host}:{_node.Port}{state}";
    }

    protected override async Task StopAsync()
    {
        _stopping.Cancel();
        await _opening;
        if (_opened is { } connection)
        {
            connection.Close(new IntendedCloseException("The producer was disposed."));
            await connection.Ended;
        }

        _stopping.Dispose();
        _permits.Dispose();
    }

    protected override long Work(long now)
    {
        IsSaturated = false;
        var next = WatchConnection(now);
        if (_connection is null)
        {
            if (Listed > 0)
            {
                Stall.Held(now);
                next = Math.Min(next, Connect(now));
            }

            return next;
        }

        if (now < _throttledUntil)
        {
            Stall.Held(now);
            return Math.Min(next, _throttledUntil);
        }

        Send(_connection, now);
        IsSaturated = !_connection.CanSend || _permits.CurrentCount == 0;
        return Math.Min(next, WatchConnection(now));
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
            // Also behind a fault: a connection ends only when what was written is flushed.
            connection.Flush();
        }

        if (Listed == 0)
        {
            Stall.Drained();
        }
        else
        {
            Stall.Held(now);
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

        request.Sent();

        // One that is never done, because more comes all the time, does take something.
        Stall.Drained();
        return true;
    }

    /// <summary>Closes a connection that does not answer, or that nobody used for long.</summary>
    private long WatchConnection(long now)
    {
        if (_connection is not { } connection)
        {
            return long.MaxValue;
        }

        var options = Context.Options;
        if (connection.InFlight == 0)
        {
            if (Listed > 0 || options.ConnectionsMaxIdle < TimeSpan.Zero)
            {
                return long.MaxValue;
            }

            var idleAt = Context.Time.After(connection.LastUsedAt, options.ConnectionsMaxIdle);
            if (idleAt <= now)
            {
                connection.Close(new IntendedCloseException($"Idle for {options.ConnectionsMaxIdle.TotalSeconds:0} s."));
            }

            return idleAt <= now ? long.MaxValue : idleAt;
        }

        // A Produce's clock starts when it becomes the oldest unanswered; throttling holds it.
        var oldest = Math.Max(connection.OldestSince, _throttledUntil);
        var due = Context.Time.After(oldest, options.RequestTimeout + AnswerGrace);
        if (due <= now)
        {
            connection.Close(new KafkaException($"{connection.Name} did not answer within RequestTimeout ({options.RequestTimeout.TotalMilliseconds:0} ms) and 5 s."));
            return long.MaxValue;
        }

        return Math.Min(due, WatchMoves(connection, now));
    }

    private long WatchMoves(BrokerConnection connection, long now)
    {
        if (!HasMoving)
        {
            _movingSince = 0;
            return long.MaxValue;
        }

        _movingSince = _movingSince == 0 ? now : _movingSince;
        var silentAt = Context.Time.After(Math.Max(_movingSince, connection.LastByteAt), MoveSilence);
        if (silentAt > now)
        {
            return silentAt;
        }

        connection.Close(new KafkaException($"{connection.Name} leads some partitions no longer and was silent for 1 s."));
        return long.MaxValue;
    }

    private long Connect(long now)
    {
        if (_isConnecting)
        {
            return long.MaxValue;
        }

        if (now < _attempts.NotBefore)
        {
            return _attempts.NotBefore;
        }

        _isConnecting = true;
        _opening = ConnectAsync(_node, _attempts.NextSetupTimeout());
        return long.MaxValue;
    }

    // Runs on the scheduler and only posts; the loop does not wait for it.
    private async Task ConnectAsync(BrokerNode node, TimeSpan setupTimeout)
    {
        try
        {
            var connection = await Context.Connector.ConnectAsync(new DnsEndPoint(node.Host, node.Port), this, setupTimeout, _stopping.Token);
            _opened = connection;
            Post(() => Connected(connection, node));
        }
        catch (Exception e)
        {
            Post(() => ConnectFailed(e, node));
        }
    }

    private void Connected(BrokerConnection connection, BrokerNode node)
    {
        _isConnecting = false;
        if (connection.IsClosed)
        {
            ConnectFailed(connection.CloseReason!, node);
            return;
        }

        if (!connection.Versions.Supports(ApiKey.Produce))
        {
            var refused = new KafkaException($"{connection.Name} offers Produce in versions {connection.Versions.Describe(ApiKey.Produce)}; this client speaks 3 and later, as Kafka 1.0 and all after it do. Use such a broker.");
            connection.Close(refused);
            ConnectFailed(refused, node);
            return;
        }

        if (node != _node || _stopping.IsCancellationRequested)
        {
            connection.Close(new IntendedCloseException("Not needed any more."));
            return;
        }

        _connection = connection;
        _attempts.Succeeded(node, connection);
    }

    private void ConnectFailed(Exception cause, BrokerNode node)
    {
        _isConnecting = false;
        _attempts.Failed(node, cause);
        Context.Metadata.RequestRefresh();
    }

    private void Disconnected(BrokerConnection connection, Exception cause)
    {
        if (connection != _connection)
        {
            return;
        }

        _connection = null;
        _throttledUntil = 0;
        _attempts.Ended(_node, connection, cause);

        // A close with nothing to send is not an error, but with acks = 0 it is the broker's only sign of one.
        if (Listed > 0 || Context.Options.RequiredAcks == RequiredAcks.None)
        {
            Context.Metadata.RequestRefresh();
        }
    }
}
