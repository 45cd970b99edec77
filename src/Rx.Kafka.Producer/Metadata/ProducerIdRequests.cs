using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Metadata;

/// <summary>Those who wait for producer ids of their own, served one at a time in order. Any thread joins, the refresh loop serves.</summary>
internal sealed class ProducerIdRequests(TimeProvider time, AsyncSignal wake, Backoff backoff, MetadataEvents events)
{

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<ProducerId>> _waiters = new();
    private ProducerIdExchange? _exchange;
    private long _notBefore = long.MinValue;

    /// <summary>When to ask; long.MaxValue = nobody waits, or a request is on its way.</summary>
    public long Due => _exchange is null && Waiting() ? _notBefore : long.MaxValue;

    /// <summary>Whether a request is on its way.</summary>
    public bool InFlight => _exchange is not null;

    /// <summary>Joins the line.</summary>
    public Task<ProducerId> Join()
    {
        var waiter = new TaskCompletionSource<ProducerId>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Enqueue(waiter);
        }

        wake.Set();
        return waiter.Task;
    }

    /// <summary>Asks on a connection that can send.</summary>
    /// <exception cref="InvalidOperationException">A request is on its way.</exception>
    public void Send(BrokerConnection connection)
    {
        if (!connection.Versions.Supports(ApiKey.InitProducerId))
        {
            FailAll(() => new KafkaProduceException(
                ProduceErrorCode.Broker,
                $"{connection.Name} cannot hand out producer ids (no InitProducerId), which idempotence needs. Set EnableIdempotence to false, or use a broker that can (Kafka 0.11 or newer).",
                brokerErrorCode: 35));
            return;
        }

        var exchange = new ProducerIdExchange(wake);
        if (connection.TrySend(exchange))
        {
            _exchange = exchange;
        }
    }

    /// <summary>Takes an answer, if one has come.</summary>
    /// <param name="now">The timestamp.</param>
    /// <returns>How long the broker wants to be left alone, in milliseconds.</returns>
    public int Poll(long now)
    {
        if (_exchange is not { Ended: true } exchange)
        {
            return 0;
        }

        _exchange = null;
        if (exchange.Cause is not null)
        {
            // The end of its connection is told of by the connection.
            BackOff(now, ErrorTable.Get(ErrorCodes.NetworkException).Name);
            return 0;
        }

        var response = exchange.Response;
        var error = ErrorTable.Get(response.ErrorCode);
        if (response is { ErrorCode: 0, ProducerId: >= 0, ProducerEpoch: >= 0 })
        {
            backoff.Reset();
            _notBefore = long.MinValue;
            Take()?.TrySetResult(new ProducerId(response.ProducerId, response.ProducerEpoch));
        }
        else if (error.Retriable || response.ErrorCode == 0)
        {
            // Also behind a success without an id: lanes would ask again without pause.
            BackOff(now, error.Name);
        }
        else
        {
            FailAll(() => Refused(error, response.ErrorCode));
        }

        return exchange.Version >= 1 ? response.ThrottleTimeMs : 0;
    }

    /// <summary>Fails all who wait, each with an error of its own.</summary>
    public void FailAll(Func<Exception> error)
    {
        while (Take() is { } waiter)
        {
            waiter.TrySetException(error());
        }
    }

    private static KafkaProduceException Refused(in ErrorInfo error, short code) => new(
        error.Authorization ? ProduceErrorCode.Authorization : ProduceErrorCode.Broker,
        error.Authorization
            ? $"No producer id: {error.Name} ({code}). Allow this client IdempotentWrite on the cluster (Kafka < 2.8) or Write on a topic, or set EnableIdempotence to false."
            : $"No producer id: {error.Name} ({code}): {error.Description}",
        brokerErrorCode: code);

    private void BackOff(long now, string error)
    {
        var delay = backoff.Next();
        _notBefore = time.After(now, delay);
        events.ProducerIdDelayed(backoff.Attempts, error, delay);
    }

    private bool Waiting()
    {
        lock (_gate)
        {
            return _waiters.Count > 0;
        }
    }

    private TaskCompletionSource<ProducerId>? Take()
    {
        lock (_gate)
        {
            return _waiters.TryDequeue(out var waiter) ? waiter : null;
        }
    }
}
