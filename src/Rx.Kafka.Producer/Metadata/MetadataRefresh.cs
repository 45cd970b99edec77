using Microsoft.Extensions.Logging;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>
/// The control loop's task that keeps the knowledge of the cluster fresh: what to ask, and what to believe. Any thread may call <see
/// cref="Current"/>, <see cref="FirstAnswer"/> and <see cref="Request"/>; all else belongs to the loop.
/// </summary>
internal sealed class MetadataRefresh : ControlTask
{
    private const short AutoCreationCanBeDeniedFrom = 4;

    private readonly ClusterState _state;
    private readonly ControlLoop _loop;
    private readonly KafkaProducerOptions _options;
    private readonly WatchedTopics _watched;
    private readonly LeaderHints _hints;
    private readonly ILogger _logger;
    private readonly RefreshSchedule _schedule;
    private TaskCompletionSource<Func<Exception>?> _firstAnswer = NewFirstAnswer();
    private Exchange? _exchange;
    private ClusterSnapshot _current = ClusterSnapshot.Empty;
    private bool _isRequested;
    private bool _bootstrapOnly;
    private bool _autoCreationLogged;

    public MetadataRefresh(KafkaProducerOptions options, ControlLoop loop, Random random, WatchedTopics watched, LeaderHints hints)
    {
        _options = options;
        _state = new ClusterState(options.PartitionerRackAware ? options.ClientRack : null);
        _loop = loop;
        _watched = watched;
        _hints = hints;
        _logger = loop.Events.Logger;
        _schedule = new RefreshSchedule(loop.Time, options.MetadataMaxAge, options.EffectiveRetryBackoff, options.RetryBackoffMax, random);
        loop.Add(this);
    }

    /// <summary>True keeps an idle topic.</summary>
    public Func<string, bool> KeepTopic { get; set; } = static _ => false;

    /// <summary>Told of each snapshot.</summary>
    public Action<ClusterSnapshot>? SnapshotChanged { get; set; }

    /// <summary>Told when no broker takes this client's credential.</summary>
    public Action<Exception>? Refused { get; set; }

    /// <summary>What is known now.</summary>
    public ClusterSnapshot Current => Volatile.Read(ref _current);

    /// <summary>
    /// Ends with the first answer (null), or when nobody can be expected to give one (the error, to be made for each who waits).
    /// </summary>
    public Task<Func<Exception>?> FirstAnswer => Volatile.Read(ref _firstAnswer).Task;

    public override bool IsAsking => _exchange is not null;

    public override long DueAt => IsAsking ? long.MaxValue : _schedule.DueAt(_watched.HasNew);

    /// <summary>Wants a refresh of all topics; the loop must be woken.</summary>
    public void Request() => Volatile.Write(ref _isRequested, true);

    public override void Poll(long now)
    {
        if (_exchange is { Ended: true } exchange)
        {
            _exchange = null;
            TakeAnswer(exchange, now);
        }

        if (_state.Apply(_hints.Take()))
        {
            Publish();
        }

        if (Interlocked.Exchange(ref _isRequested, false))
        {
            _schedule.Request();
        }
    }

    public override void Ask(BrokerConnection connection, long now)
    {
        var full = _schedule.IsFull(now);
        var exchange = new Exchange(_loop, connection, _watched.Names(newOnly: !full), full, _options.AllowAutoCreateTopics);
        if (!connection.TrySend(exchange))
        {
            return;
        }

        _exchange = exchange;
        _schedule.Started(full);
        if (!_options.AllowAutoCreateTopics && !_autoCreationLogged && exchange.Version < AutoCreationCanBeDeniedFrom)
        {
            _autoCreationLogged = true;
            MetadataLog.AutoCreationNotDenied(_logger, connection.Name);
        }
    }

    public override void NobodyAnswered(Exception cause)
    {
        var isRefusal = cause is KafkaAuthenticationException;
        FailWaiters(() => isRefusal ? new KafkaAuthenticationException(cause.Message, cause) : new KafkaException(cause.Message, cause));
        if (isRefusal)
        {
            Refused?.Invoke(cause);
        }
    }

    public override void LoopFailed(Exception cause, long now)
    {
        FailWaiters(() => new KafkaException($"The control loop failed: {cause.Message}", cause));
        _exchange = null;
        _schedule.Failed(now, full: true);
    }

    public override void Disposed() =>
        FailWaiters(static () => new ProduceError(ProduceErrorCode.Closed, "The producer was disposed.").ToException());

    private static TaskCompletionSource<Func<Exception>?> NewFirstAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void FailWaiters(Func<Exception> error)
    {
        if (Current.Version == 0)
        {
            Interlocked.Exchange(ref _firstAnswer, NewFirstAnswer()).TrySetResult(error);
        }
    }

    private void TakeAnswer(Exchange exchange, long now)
    {
        var response = exchange.Response;
        _loop.Answered(exchange, response?.ThrottleTimeMs ?? 0, now);
        if ((exchange.Cause ?? Refusal(response!)) is { } failure)
        {
            MetadataLog.AttemptFailed(_logger, failure.Message);
            _schedule.Failed(now, exchange.Full);
            if (response?.ErrorCode == ErrorCodes.RebootstrapRequired && !_bootstrapOnly)
            {
                _bootstrapOnly = true;
                _loop.Rebootstrap(failure);
            }
            else
            {
                _loop.Failed(exchange, failure, now);
            }

            return;
        }

        _bootstrapOnly = false;
        _loop.Succeeded();
        Take(exchange, response!, now);
        _loop.Know(_state.Current.Brokers);
        Publish();
    }

    private void Publish()
    {
        Volatile.Write(ref _current, _state.Current);
        _firstAnswer.TrySetResult(null);
        SnapshotChanged?.Invoke(_state.Current);
    }

    private static KafkaException? Refusal(MetadataResponse response)
    {
        if (response.ErrorCode != 0)
        {
            var error = ErrorTable.Get(response.ErrorCode);
            return new KafkaException($"The metadata request was refused: {error.Name} ({response.ErrorCode}): {error.Description}");
        }

        if (response.Brokers.Length == 0)
        {
            return new KafkaException("The broker knows no brokers yet, not even itself: it is starting, or is no broker of a cluster.");
        }

        return Array.Exists(response.Brokers, static broker => broker.IsUsable) ? null : NoAddress(response.Brokers);
    }

    private static KafkaException NoAddress(BrokerNode[] brokers) => new(
        $"No broker advertises an address that can be connected to: {Named(brokers)}. "
            + "Correct advertised.listeners of the brokers: a host has 1 to 255 characters and no blank, a port is 1 to 65535.");

    private static string Named(BrokerNode[] brokers)
    {
        const int MostNamed = 3;
        var named = brokers.Take(MostNamed).Select(
            static broker => $"broker {broker.Id} names '{PeerText.OneLine(broker.Host, PeerText.LongestName)}:{broker.Port}'");
        var others = brokers.Length > MostNamed ? $" and {brokers.Length - MostNamed} more" : string.Empty;
        return string.Join(", ", named) + others;
    }

    private void Take(Exchange exchange, MetadataResponse response, long now)
    {
        if (exchange.Full)
        {
            // Not earlier: while nobody answers, what is known of an idle topic is the best there is for its next record.
            DropIdle(now);
            _state.AskedAt = exchange.AskedAt;
        }

        _state.AnsweredAt = now;
        if (Array.FindAll(response.Brokers, static broker => !broker.IsUsable) is { Length: > 0 } unusable)
        {
            _loop.Events.AddressesPassedOver(Named(unusable));
        }

        var changed = _state.Apply(response, exchange.Version, _watched.Contains, out var otherCluster);
        _watched.Answered(exchange.Topics, response.Topics);
        _schedule.Succeeded(now, changed, exchange.Full);
        if (otherCluster)
        {
            MetadataLog.OtherCluster(_logger, _state.Current.ClusterId ?? "?");
        }

        if (_state.Unsettled || _watched.HasError(TopicErrors.MayPass) || (otherCluster && !exchange.Full))
        {
            _schedule.Request();
        }
    }

    private void DropIdle(long now)
    {
        var since = now - (_loop.Time.After(now, _options.MetadataMaxIdle) - now);
        var idle = _watched.DropIdle(since, now, KeepTopic);
        foreach (var topic in idle)
        {
            _state.Forget(topic);
            MetadataLog.TopicDropped(_logger, topic);
        }
    }

    /// <summary>One metadata request and its answer.</summary>
    /// <param name="loop">Who asks.</param>
    /// <param name="connection">On which connection.</param>
    /// <param name="topics">What is asked for.</param>
    /// <param name="full">Whether that is all topics, not only new ones.</param>
    /// <param name="allowAutoCreation">Whether asking may create a topic.</param>
    private sealed class Exchange(ControlLoop loop, BrokerConnection connection, List<string> topics, bool full, bool allowAutoCreation)
        : ControlRequest(loop, connection)
    {
        public List<string> Topics => topics;

        public bool Full => full;

        public long AskedAt { get; } = loop.Time.GetTimestamp();

        public MetadataResponse? Response { get; private set; }

        public override ApiKey Key => ApiKey.Metadata;

        public override void WriteBody(ref KafkaWriter w, short version) =>
            MetadataRequest.Write(ref w, version, topics, allowAutoCreation);

        public override void ReadBody(ref KafkaReader r, short version) => Response = MetadataResponse.Read(ref r, version);
    }
}
