using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Sending;

/// <summary>
/// Owns the lanes whose leader is unknown: expires, purges and hands them on when a leader is there. Their batches stay open until they
/// are full.
/// </summary>
internal sealed class NoLeaderLoop : SendingLoop
{
    public NoLeaderLoop(SendingContext context, BrokerMemory memory)
        : base(context, memory) => ClosesOpenBatches = false;

    protected override long Work(long now)
    {
        for (var visits = int.MaxValue; TryPeek(ref visits, out var lane);)
        {
            TakeListed();
            lane.Relist(LaneTake.Blocked, taken: null);
        }

        return long.MaxValue;
    }

    protected override bool IsOwnerRefused => Context.Metadata.LastFailure is KafkaAuthenticationException;

    protected override string DescribeOwner(long now) => Context.Metadata.LastFailure is { } failure
        ? $"which had no leader when a broker could last be asked ({failure.Message.TrimEnd('.')})"
        : "which has no leader";
}
