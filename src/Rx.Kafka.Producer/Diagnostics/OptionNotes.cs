using Microsoft.Extensions.Logging;
using Rx.Kafka.Options;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// Tells of options that were left unset and, because of others, do not mean what one would expect, and of keys that had no effect: events
/// 450-499, once for each producer.
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

        if (options is { Transport: null, Security.Tls.ChecksHostName: false })
        {
            HostNameUnchecked(logger);
        }

        if (options is { Transport: null, Security: { Tls: null, Sasl.Mechanism: SaslMechanism.Plain or SaslMechanism.OAuthBearer } })
        {
            CredentialInTheClear(logger);
        }

        foreach (var notice in options.Notices)
        {
            Noticed(logger, notice);
        }
    }

    [LoggerMessage(450, LogLevel.Warning,
        "Idempotence is off because of other options, and with it the promise that records are neither twice on the log nor out of "
        + "order: {Conflicts}; or set EnableIdempotence to false to say that it is meant")]
    private static partial void NotIdempotent(ILogger logger, string conflicts);

    [LoggerMessage(451, LogLevel.Information, "DeliveryTimeout is raised to Linger + RequestTimeout = {Timeout} ms, the least it may be")]
    private static partial void DeliveryTimeoutRaised(ILogger logger, double timeout);

    [LoggerMessage(453, LogLevel.Warning,
        "The host names in brokers' certificates are not checked (TlsOptions.ChecksHostName, ssl.endpoint.identification.algorithm): "
        + "whoever has a certificate of a trusted authority can pose as a broker")]
    private static partial void HostNameUnchecked(ILogger logger);

    [LoggerMessage(454, LogLevel.Warning,
        "Passwords of PLAIN and tokens of OAUTHBEARER travel readable without TLS: use SASL_SSL (SecurityOptions.Tls), or SCRAM")]
    private static partial void CredentialInTheClear(ILogger logger);

    [LoggerMessage(452, LogLevel.Information, "Reading the options: {Notice}")]
    private static partial void Noticed(ILogger logger, string notice);
}
