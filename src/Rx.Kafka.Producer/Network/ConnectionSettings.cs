using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Network;

/// <summary>What all connections of a client share.</summary>
/// <param name="ClientId">The name in the header of every request.</param>
/// <param name="MaximumFrameBytes">The largest answer that is believed.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scheduler">Where the read loops run.</param>
/// <param name="CorrelationIds">The client's one counter.</param>
/// <param name="Logger">For events 100-199.</param>
internal sealed record ConnectionSettings(string ClientId, int MaximumFrameBytes, TimeProvider Time, TaskScheduler Scheduler, CorrelationIds CorrelationIds, ILogger Logger);
