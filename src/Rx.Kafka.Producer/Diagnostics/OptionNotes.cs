using Microsoft.Extensions.Logging;
using Rx.Kafka.Options;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// Tells of options that were left unset and, because of others, do not mean what one would expect: events 450-499, once for each
/// producer.
/// </summary>
internal static partial class OptionNotes
{
    public static void Tell(ILogger logger, KafkaProducerOptions options)
    {
        if (options.EnableIdempotence is null && !options.EffectiveIdempotence)
        {
            NotIdempotent(logger, string.Join("; ", options.IdempotenceConflicts.Select(static conflict => conflict.Remedy)));
        }

        if (options.DeliveryTimeoutIsRaised)
        {
            DeliveryTimeoutRaised(logger, options.EffectiveDeliveryTimeout.TotalMilliseconds);
        }
    }

    [LoggerMessage(450, LogLevel.Warning,
        "Idempotence is off because of other options, and with it the promise that records are neither twice on the log nor out of "
        + "order: {Conflicts}; or set EnableIdempotence to false to say that it is meant")]
    private static partial void NotIdempotent(ILogger logger, string conflicts);

    [LoggerMessage(451, LogLevel.Information, "DeliveryTimeout is raised to Linger + RequestTimeout = {Timeout} ms, the least it may be")]
    private static partial void DeliveryTimeoutRaised(ILogger logger, double timeout);
}
