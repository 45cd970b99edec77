using Microsoft.Extensions.Logging;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>Decides what to ask and what to believe: the schedule, the request on its way (one at most), and the cluster's state. Owned by the refresh loop.</summary>
internal sealed class MetadataRefresh
{
    private const short AutoCreationCanBeDeniedFrom = 4;

    private readonly ClusterState _state = new();
    private readonly KafkaProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly AsyncSignal _wake;
    private readonly WatchedTopics _watched;
    private readonly ILogger _logger;
    private readonly RefreshSchedule _schedule;
    private MetadataExchange? _exchange;
    private ClusterSnapshot _current = ClusterSnapshot.Empty;
    private bool _bootstrapOnly;
    private bool _autoCreationLogged;

    public MetadataRefresh(KafkaProducerOptions options, TimeProvider time, Random random, AsyncSignal wake, WatchedTopics watched, ILogger logger)
    {
        _options = options;
        _time = time;
        _wake = wake;
        _watched = watched;
        _logger = logger;
        _schedule = new RefreshSchedule(time, options.MetadataMaxAge, options.EffectiveRetryBackoff, options.RetryBackoffMax, random);
    }

    /// <summary>True keeps an idle topic.</summary>
    public Func<string, bool> KeepTopic { get; set; } = static _ => false;

    /// <summary>What is known now. Any thread.</summary>
    public ClusterSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Whether a request is on its way.</summary>
    public bool InFlight => _exchange is not null;

    /// <summary>When to ask; long.MaxValue = not at all, or a request is on its way.</summary>
    public long Due => InFlight ? long.MaxValue : _schedule.DueAt(_watched.HasNew);

    /// <summary>Brokers worth a try besides the bootstrap addresses.</summary>
    public IReadOnlyList<BrokerNode> BrokersToTry => _bootstrapOnly ? [] : _state.Current.Brokers;

    /// <summary>Whether the last failure was the broker's wish that we begin again, heard for the first time since a success.</summary>
    public bool RebootstrapNow { get; private set; }

    /// <summary>Wants a refresh of all topics.</summary>
    public void Request() => _schedule.Request();

    /// <summary>Forgets the request on its way, after a fault.</summary>
    public void Reset(long now)
    {
        _exchange = null;
        _schedule.Failed(now, full: true);
    }

    /// <summary>Asks on a connection that can send.</summary>
    public void Send(BrokerConnection connection, long now)
    {
        var full = _schedule.IsFull(now);
        if (full)
        {
            DropIdle(now);
        }

        var exchange = new MetadataExchange(_wake, _watched.Names(newOnly: !full), full, _options.AllowAutoCreateTopics);
        if (!connection.Versions.Supports(ApiKey.Metadata))
        {
            exchange.Lost(new KafkaException($"{connection.Name} offers Metadata {connection.Versions.Describe(ApiKey.Metadata)}; this client speaks {ApiVersion.Supported(ApiKey.Metadata)}."));
        }
        else if (!connection.TrySend(exchange))
        {
            return;
        }

        _exchange = exchange;
        _schedule.Started(full);
        if (!_options.AllowAutoCreateTopics && !_autoCreationLogged && exchange.Version < AutoCreationCanBeDeniedFrom && exchange.Cause is null)
        {
            _autoCreationLogged = true;
            MetadataLog.AutoCreationNotDenied(_logger, connection.Name);
        }
    }

    /// <summary>Takes the answer, if the request on its way has ended.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="failure">Why there is no answer, or none of use; null = a new snapshot is there.</param>
    /// <param name="throttleMs">How long the broker wants to be left alone.</param>
    public bool TryTakeAnswer(long now, out Exception? failure, out int throttleMs)
    {
        failure = null;
        throttleMs = 0;
        if (_exchange is not { Ended: true } exchange)
        {
            return false;
        }

        _exchange = null;
        failure = exchange.Cause ?? Refusal(exchange.Response!);
        RebootstrapNow = exchange.Response?.ErrorCode == ErrorCodes.RebootstrapRequired && !_bootstrapOnly;
        _bootstrapOnly |= RebootstrapNow;
        if (failure is not null)
        {
            MetadataLog.AttemptFailed(_logger, failure.Message);
            _schedule.Failed(now, exchange.Full);
            return true;
        }

        _bootstrapOnly = false;
        throttleMs = exchange.Version >= 6 ? exchange.Response!.ThrottleTimeMs : 0;
        Take(exchange, now);
        return true;
    }

    /// <summary>Takes a hint.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Take(in LeaderHint hint)
    {
        if (!_state.Apply(hint))
        {
            return false;
        }

        Volatile.Write(ref _current, _state.Current);
        return true;
    }

    private static KafkaException? Refusal(MetadataResponse response)
    {
        if (response.ErrorCode != 0)
        {
            var error = ErrorTable.Get(response.ErrorCode);
            return new KafkaException($"The metadata request was refused: {error.Name} ({response.ErrorCode}): {error.Description}");
        }

        return response.Brokers.Length > 0
            ? null
            : new KafkaException("The broker knows no brokers yet, not even itself: it is starting, or is no broker of a cluster.");
    }

    private void Take(MetadataExchange exchange, long now)
    {
        var response = exchange.Response!;
        var changed = _state.Apply(response, exchange.Version, _watched.Contains, out var otherCluster);
        _watched.Answered(exchange.Topics, response.Topics);
        Volatile.Write(ref _current, _state.Current);
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
        var idle = _watched.DropIdle(now - (_time.After(now, _options.MetadataMaxIdle) - now), KeepTopic);
        foreach (var topic in idle)
        {
            _state.Forget(topic);
            MetadataLog.TopicDropped(_logger, topic);
        }
    }
}
