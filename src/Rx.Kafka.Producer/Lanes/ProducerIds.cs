using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// The producer id that lanes take when they need one. A task of the control loop asks for it at the first need, without a
/// transactional id, so any broker serves it. Any thread may call <see cref="TryGet"/>, <see cref="Replace"/> and <see cref="Forget"/>;
/// all else belongs to the control loop.
/// </summary>
internal sealed class ProducerIds : ControlTask
{
    private readonly Lock _lock = new();
    private readonly ControlLoop _loop;
    private readonly Backoff _backoff;
    private readonly SendingEvents _events;
    private ProducerIdentity _identity = ProducerIdentity.None;
    private int _cluster;
    private bool _isWanted;
    private string? _told; // the refusal that was logged last; null = none since the last success
    private Exchange? _exchange;
    private long _notBefore = long.MinValue;

    public ProducerIds(bool isIdempotent, ControlLoop loop, Backoff backoff, SendingEvents events)
    {
        IsIdempotent = isIdempotent;
        _loop = loop;
        _backoff = backoff;
        _events = events;
        loop.Add(this);
    }

    public bool IsIdempotent { get; }

    /// <summary>Called on the control loop when an id came: lanes that wait go on. It only posts.</summary>
    public Action? Obtained { get; set; }

    /// <summary>Called when no id can be had: what waits fails, later records ask again. It only posts.</summary>
    public Action<ProduceError>? Refused { get; set; }

    public override bool IsAsking => _exchange is not null;

    public override long DueAt => !IsAsking && IsWanted ? _notBefore : long.MaxValue;

    private bool IsWanted
    {
        get
        {
            lock (_lock)
            {
                return _isWanted;
            }
        }
    }

    /// <summary>The id, if there is one; else asks for it.</summary>
    public bool TryGet(out ProducerIdentity identity)
    {
        lock (_lock)
        {
            identity = _identity;
            if (!identity.IsNone || _isWanted)
            {
                return !identity.IsNone;
            }

            _isWanted = true;
        }

        if (!_loop.Wish())
        {
            Disposed();
        }

        return false;
    }

    /// <summary>This id is used up for a lane; unless another lane has replaced it already, a new one is needed.</summary>
    public void Replace(long usedUp)
    {
        lock (_lock)
        {
            if (_identity.Id == usedUp)
            {
                _identity = ProducerIdentity.None;
            }
        }
    }

    /// <summary>
    /// Other brokers answer to the known names: their cluster hands out ids of its own, and may know this one as somebody else's.
    /// </summary>
    public void Forget()
    {
        lock (_lock)
        {
            _identity = ProducerIdentity.None;
            _cluster++;
        }
    }

    public override void Ask(BrokerConnection connection, long now)
    {
        if (!connection.Versions.Supports(ApiKey.InitProducerId))
        {
            Refuse(new ProduceError(
                ProduceErrorCode.Broker,
                $"{connection.Name} cannot hand out producer ids (no InitProducerId), which idempotence needs. "
                + "Set EnableIdempotence to false, or use a broker that can (Kafka 0.11 or newer).",
                BrokerErrorCode: ErrorCodes.UnsupportedVersion), now);
            return;
        }

        var exchange = new Exchange(_loop, connection, Volatile.Read(ref _cluster));
        _exchange = connection.TrySend(exchange) ? exchange : null;
    }

    public override void Poll(long now)
    {
        if (_exchange is not { Ended: true } exchange)
        {
            return;
        }

        _exchange = null;
        if (exchange.Cause is not null)
        {
            // The connection's end is told apart.
            BackOff(now, ErrorCodes.NetworkException);
            return;
        }

        var response = exchange.Response;
        _loop.Answered(exchange, response.ThrottleTimeMs, now);
        if (response is { ErrorCode: 0, ProducerId: >= 0, ProducerEpoch: >= 0 })
        {
            _backoff.Reset();
            _notBefore = long.MinValue;
            _told = null;
            Take(new ProducerIdentity(response.ProducerId, response.ProducerEpoch), exchange.Cluster);
        }
        else if (response.ErrorCode == 0 || ErrorTable.Get(response.ErrorCode).Retriable)
        {
            // Also after a success without an id: lanes would ask again without pause.
            BackOff(now, response.ErrorCode);
        }
        else
        {
            Refuse(Refusal(response.ErrorCode), now);
        }
    }

    public override void LoopFailed(Exception cause, long now)
    {
        _exchange = null;
        End(new ProduceError(
            ProduceErrorCode.Closed, $"No producer id could be obtained: the control loop failed: {cause.Message}", Cause: cause));
    }

    public override void Disposed() => End(new ProduceError(ProduceErrorCode.Closed, "The producer was disposed."));

    private static ProduceError Refusal(short code)
    {
        var error = ErrorTable.Get(code);
        return error.Authorization
            ? new ProduceError(
                ProduceErrorCode.Authorization,
                $"No producer id: {error.Name} ({code}). Grant this client's principal WRITE on a topic (Kafka 2.8 "
                + "or newer) or IDEMPOTENT_WRITE on the cluster, or set EnableIdempotence to false.",
                BrokerErrorCode: code)
            : new ProduceError(
                ProduceErrorCode.Broker, $"No producer id: {error.Name} ({code}): {error.Description}", BrokerErrorCode: code);
    }

    private void Take(ProducerIdentity identity, int cluster)
    {
        lock (_lock)
        {
            if (cluster != _cluster)
            {
                // The cluster that was asked is no longer ours: the wish stands.
                return;
            }

            _identity = identity;
            _isWanted = false;
        }

        _events.ProducerIdTaken(identity.Id, identity.Epoch);
        Obtained?.Invoke();
    }

    /// <summary>What waits fails; what comes later waits for the next answer, for each record would be a request otherwise.</summary>
    private void Refuse(ProduceError error, long now)
    {
        _notBefore = _loop.Time.After(now, _backoff.Next());
        if (End(error) && _told != error.Message)
        {
            _told = error.Message;
            _events.ProducerIdRefused(error);
        }
    }

    /// <returns>False = nobody waits any more: disposed meanwhile.</returns>
    private bool End(ProduceError error)
    {
        lock (_lock)
        {
            if (!_isWanted)
            {
                return false;
            }

            _isWanted = false;
        }

        Refused?.Invoke(error);
        return true;
    }

    private void BackOff(long now, short error)
    {
        var delay = _backoff.Next();
        _notBefore = _loop.Time.After(now, delay);
        _loop.Events.ProducerIdDelayed(_backoff.Attempts, ErrorTable.Get(error).Name, delay);
    }

    private sealed class Exchange(ControlLoop loop, BrokerConnection connection, int cluster) : ControlRequest(loop, connection)
    {
        /// <summary>Which cluster is asked.</summary>
        public int Cluster => cluster;

        public InitProducerIdResponse Response { get; private set; }

        public override ApiKey Key => ApiKey.InitProducerId;

        public override void WriteBody(ref KafkaWriter w, short version) =>
            InitProducerIdRequest.Write(ref w, version, transactionalId: null, transactionTimeoutMs: int.MaxValue);

        public override void ReadBody(ref KafkaReader r, short version) => Response = InitProducerIdResponse.Read(ref r, version);
    }
}
