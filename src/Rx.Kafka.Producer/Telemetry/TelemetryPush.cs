using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Telemetry;

/// <summary>
/// Pushes the producer's metrics to a cluster that asks for them (KIP-714): asks what is wanted as soon as a broker says that it can be
/// asked, pushes each interval, and once more at the end. Any thread may call <see cref="EndAsync"/>; all else belongs to the control
/// loop.
/// </summary>
internal sealed class TelemetryPush : ControlTask, IDisposable
{
    private readonly ControlLoop _loop;
    private readonly object _client;
    private readonly Func<ProducerStatus> _look;
    private readonly string? _rack;
    private readonly Random _random;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SubscriptionExchange? _question;
    private PushExchange? _push;
    private Guid _instance;
    private TelemetrySubscription? _subscription;
    private volatile TelemetryCollector? _collector;
    private volatile bool _isEnding;
    private TimeSpan _interval = TelemetrySubscription.DefaultInterval;
    private long _dueAt = long.MaxValue;
    private long _notBefore = long.MinValue;
    private bool _isRefused;

    /// <summary>Makes it; it does nothing until there is a connection to a broker that can be asked.</summary>
    /// <param name="loop">Whose task it is.</param>
    /// <param name="client">What the producer's measurements carry, and no other's.</param>
    /// <param name="look">A look at the producer, for the names of brokers.</param>
    /// <param name="rack">The client's rack, or null.</param>
    /// <param name="random">The loop's own.</param>
    public TelemetryPush(ControlLoop loop, object client, Func<ProducerStatus> look, string? rack, Random random)
    {
        (_loop, _client, _look, _rack, _random) = (loop, client, look, rack, random);
        loop.Add(this);
    }

    public override bool IsAsking => _question is not null || _push is not null;

    public override long DueAt => IsAsking || _isRefused ? long.MaxValue : _dueAt;

    /// <summary>
    /// Pushes for the last time, if a broker wants it and a connection is there. It may never end: the caller has a limit.
    /// </summary>
    public Task EndAsync()
    {
        if (_collector is null)
        {
            return Task.CompletedTask;
        }

        _isEnding = true;
        _loop.Wake();
        return _ended.Task;
    }

    public override void Connected(BrokerConnection connection, long now)
    {
        if (_dueAt == long.MaxValue && CanBeAsked(connection))
        {
            _dueAt = Math.Max(now, _notBefore);
        }
    }

    public override void Poll(long now)
    {
        if (_question is { Ended: true } question)
        {
            _question = null;
            Take(question, now);
        }

        if (_push is { Ended: true } push)
        {
            _push = null;
            Take(push, now);
        }

        if (_isEnding && !IsAsking)
        {
            PollEnding(now);
        }
    }

    public override void Ask(BrokerConnection connection, long now)
    {
        if (!CanBeAsked(connection))
        {
            // Brokers of another kind: the next one that can is asked anew.
            Forget();
            _dueAt = long.MaxValue;
        }
        else if (_subscription is null)
        {
            var question = new SubscriptionExchange(_loop, connection, _instance);
            _question = connection.TrySend(question) ? question : null;
        }
        else
        {
            Wait(now, _interval);
            Push(connection, _subscription);
        }
    }

    public override void NobodyAnswered(Exception cause)
    {
        // Metrics alone are no reason to go on looking for a broker.
        if (_dueAt != long.MaxValue)
        {
            Wait(_loop.Time.GetTimestamp(), _interval);
        }
    }

    public override void LoopFailed(Exception cause, long now)
    {
        (_question, _push) = (null, null);
        if (_dueAt != long.MaxValue)
        {
            Wait(now, _interval);
        }
    }

    public override void Disposed() => Dispose();

    /// <summary>Listens no more, after the loop has ended.</summary>
    public void Dispose()
    {
        Forget();
        _ended.TrySetResult();
    }

    private static bool CanBeAsked(BrokerConnection connection) =>
        connection.Versions.Supports(ApiKey.GetTelemetrySubscriptions) && connection.Versions.Supports(ApiKey.PushTelemetry);

    private void PollEnding(long now)
    {
        // No connection is made for it.
        if (_subscription is null || _isRefused || !_loop.HasConnection)
        {
            _ended.TrySetResult();
        }

        _dueAt = _ended.Task.IsCompleted ? long.MaxValue : now;
    }

    private void Wait(long now, TimeSpan time) => _dueAt = _notBefore = _loop.Time.After(now, time);

    private void Forget()
    {
        _subscription = null;
        _collector?.Dispose();
        _collector = null;
    }

    private void Take(SubscriptionExchange question, long now)
    {
        if (question is not { Cause: null, Response: { } response })
        {
            // A broker that hangs up on the question must not be asked by each new connection.
            Wait(now, _interval);
            return;
        }

        _loop.Answered(question, response.ThrottleTimeMs, now);
        if (response.ErrorCode != ErrorCodes.None)
        {
            Failed(question.Connection, response.ErrorCode, now);
            return;
        }

        _instance = _instance != Guid.Empty ? _instance
            : response.ClientInstanceId != Guid.Empty ? response.ClientInstanceId : NewInstance();
        _interval = TelemetrySubscription.IntervalOf(response);
        var subscription = new TelemetrySubscription(response);
        if (subscription.Metrics.Count == 0)
        {
            Forget();
            Wait(now, _interval);
            return;
        }

        // Clients that started together do not push together.
        Subscribe(subscription);
        Wait(now, _interval * (0.5 + _random.NextDouble()));
    }

    private void Subscribe(TelemetrySubscription subscription)
    {
        _subscription = subscription;
        if (_collector is { } present && present.IsDelta == subscription.IsDelta && present.Metrics.SequenceEqual(subscription.Metrics))
        {
            return; // sums go on
        }

        _collector?.Dispose();
        _collector = new TelemetryCollector(_client, subscription.Metrics, subscription.IsDelta, _loop.Time);
        MetadataLog.MetricsWanted(_loop.Events.Logger, subscription.Metrics.Count, subscription.Interval.TotalMilliseconds, _instance);
    }

    private void Push(BrokerConnection connection, TelemetrySubscription subscription)
    {
        var isLast = _isEnding;
        if (Encode(subscription, isLast) is { } request)
        {
            var push = new PushExchange(_loop, connection, request);
            _push = connection.TrySend(push) ? push : null;
        }

        if (isLast && _push is null)
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>All that a broker takes; where that is too large without what is told by topic, then by broker.</summary>
    private PushTelemetryRequest? Encode(TelemetrySubscription subscription, bool isLast)
    {
        var look = _collector!.Look();
        var brokers = _look().Brokers;
        for (var most = TelemetryLabel.Topic; most >= TelemetryLabel.None; most--)
        {
            var (type, bytes) = subscription.Compress(OtlpMetrics.Write(look, most, _rack, brokers));
            if (subscription.Fits(bytes.Length) && !bytes.IsEmpty)
            {
                return new PushTelemetryRequest(_instance, subscription.Id, isLast, type, bytes);
            }
        }

        return null;
    }

    private void Take(PushExchange push, long now)
    {
        if (push.Request.Terminating)
        {
            _ended.TrySetResult();
        }

        if (push.Cause is not null)
        {
            return; // the next push is due in an interval; sums are kept until then
        }

        // A broker counts the interval from when it read this push, which may have been on its way for long.
        Wait(now, _interval);
        _loop.Answered(push, push.Response.ThrottleTimeMs, now);
        switch (push.Response.ErrorCode)
        {
            case ErrorCodes.None:
                _collector?.Pushed();
                break;
            case ErrorCodes.TelemetryTooLarge:
                _subscription?.TooLarge(push.Request.Metrics.Length);
                break;
            case ErrorCodes.UnsupportedCompressionType:
                _subscription?.GiveUpCodec();
                break;
            case ErrorCodes.UnknownSubscriptionId:
                // What is wanted has changed. The interval has just begun, so this cannot go round and round.
                _subscription = null;
                _dueAt = now;
                break;
            default:
                Failed(push.Connection, push.Response.ErrorCode, now);
                break;
        }
    }

    private void Failed(BrokerConnection connection, short code, long now)
    {
        var error = ErrorTable.Get(code).Name;
        if (code is ErrorCodes.InvalidRequest or ErrorCodes.InvalidRecord or ErrorCodes.UnsupportedVersion)
        {
            _isRefused = true;
            Forget();
            MetadataLog.MetricsRefused(_loop.Events.Logger, connection.Name, error);
            return;
        }

        Wait(now, _interval);
        MetadataLog.MetricsFailed(_loop.Events.Logger, connection.Name, error, _interval.TotalMilliseconds);
    }

    private Guid NewInstance()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
