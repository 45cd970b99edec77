using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;

namespace Rx.Kafka.Lanes;

/// <summary>The producer id that lanes take when they need one. Asked for on the control connection, at first need; loops read it.</summary>
internal sealed class ProducerIds
{
    private readonly Lock _lock = new();
    private readonly ClusterMetadata _metadata;
    private readonly TaskScheduler _scheduler;
    private readonly SendingEvents _events;
    private long _id = -1;
    private short _epoch;
    private int _cluster;
    private bool _isAsking;

    public ProducerIds(bool isIdempotent, ClusterMetadata metadata, TaskScheduler scheduler, SendingEvents events)
    {
        IsIdempotent = isIdempotent;
        _metadata = metadata;
        _scheduler = scheduler;
        _events = events;
    }

    public bool IsIdempotent { get; }

    /// <summary>Called on the scheduler when an id came: lanes that wait go on.</summary>
    public Action? Obtained { get; set; }

    /// <summary>Called on the scheduler when the cluster refused: what waits fails, later records ask again.</summary>
    public Action<ProduceError>? Refused { get; set; }

    /// <summary>The id, if there is one; else asks for it.</summary>
    public bool TryGet(out ProducerIdentity identity)
    {
        lock (_lock)
        {
            identity = _id < 0 ? ProducerIdentity.None : new ProducerIdentity(_id, _epoch);
            if (_id >= 0)
            {
                return true;
            }

            if (_isAsking)
            {
                return false;
            }

            _isAsking = true;
        }

        _ = Task.Factory.StartNew(AskAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return false;
    }

    /// <summary>This id is used up for a lane; unless another lane has replaced it already, a new one is needed.</summary>
    public void Replace(long usedUp)
    {
        lock (_lock)
        {
            if (_id == usedUp)
            {
                _id = -1;
            }
        }
    }

    /// <summary>Behind the brokers' names is another cluster: it hands out ids of its own, and may know this one as somebody else's.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _id = -1;
            _cluster++;
        }
    }

    /// <returns>False: the cluster that was asked is no longer ours.</returns>
    private bool TryTake(int cluster, ProducerId id)
    {
        lock (_lock)
        {
            if (cluster != _cluster)
            {
                return false;
            }

            (_id, _epoch) = (id.Id, id.Epoch);
        }

        _events.ProducerIdTaken(id.Id, id.Epoch);
        return true;
    }

    private async Task AskAsync()
    {
        ProduceError? refused = null;
        try
        {
            while (!TryTake(Volatile.Read(ref _cluster), await _metadata.InitProducerIdAsync()))
            {
            }
        }
        catch (KafkaProduceException e)
        {
            refused = new ProduceError(e.Code, e.Message, Persistence.NotPersisted, e.BrokerErrorCode, e.IsFatal, e.InnerException);
        }
        catch (Exception e)
        {
            refused = new ProduceError(ProduceErrorCode.Closed, $"No producer id could be obtained: {e.Message}", Cause: e);
        }

        lock (_lock)
        {
            _isAsking = false;
        }

        if (refused is null)
        {
            Obtained?.Invoke();
        }
        else
        {
            // Disposed meanwhile: no trouble.
            if (refused.Code != ProduceErrorCode.Closed)
            {
                _events.ProducerIdRefused(refused);
            }

            Refused?.Invoke(refused);
        }
    }
}
