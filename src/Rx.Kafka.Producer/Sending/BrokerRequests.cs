using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Lanes;
using Rx.Kafka.Network;

namespace Rx.Kafka.Sending;

/// <summary>
/// Groups the lanes that one broker leads into a pulled stream of Produce requests: at most one batch of each partition, up to
/// MaxRequestSize of batch bytes; a larger batch goes alone. Lanes are taken at the ring's head and go back to its tail, so the start
/// rotates and idle partitions cost nothing.
/// </summary>
internal sealed class BrokerRequests(BrokerSender owner, SendingContext context)
{
    private readonly DefaultObjectPool<BrokerProduceRequest> _pool = new(new RequestPolicy(owner, context), 64);

    /// <summary>The next request, or null where no lane may send.</summary>
    /// <param name="connection">Where it will go.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="block">Told each lane that has something but must wait.</param>
    public BrokerProduceRequest? Pull(BrokerConnection connection, long now, Action<PartitionLane> block)
    {
        var request = _pool.Get();
        for (var visits = owner.Listed; owner.TryPeek(ref visits, out var lane); visits--)
        {
            var room = request.IsEmpty ? int.MaxValue : context.Options.MaxRequestSize - request.BatchBytes;
            var result = lane.Take(connection, now, room, out var batch);
            if (result == LaneTake.TooLarge)
            {
                // Stays at the head: the next request begins with it.
                break;
            }

            owner.TakeListed();
            if (batch is not null)
            {
                request.Add(lane, batch);
            }
            else if (result == LaneTake.Blocked && lane.WaitsForProducerId)
            {
                block(lane);
            }

            lane.Relist(result, batch);
        }

        if (request.IsEmpty)
        {
            _pool.Return(request);
            return null;
        }

        return request;
    }

    public void Return(BrokerProduceRequest request) => _pool.Return(request);

    private sealed class RequestPolicy(BrokerSender owner, SendingContext context) : PooledObjectPolicy<BrokerProduceRequest>
    {
        public override BrokerProduceRequest Create() => new(owner, context);

        public override bool Return(BrokerProduceRequest obj)
        {
            obj.Reset();
            return true;
        }
    }
}
