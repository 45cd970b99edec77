using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>What every answer about a group asks first.</summary>
internal static class Coordinating
{
    /// <summary>Why a broker does not answer for a group: a fault of the test, another broker is asked for, or no name.</summary>
    public static short Refusal(AnswerContext context, string group) => context.Plan.Error switch
    {
        not 0 => context.Plan.Error,
        _ when context.Cluster.Controller != context.Broker => ErrorCode.NotCoordinator,
        _ when group.Length == 0 => ErrorCode.InvalidGroupId,
        _ => ErrorCode.None,
    };
}
