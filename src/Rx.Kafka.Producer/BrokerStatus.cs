using System.Globalization;

namespace Rx.Kafka;

/// <summary>A look at one broker, as a producer sees it. Immutable.</summary>
/// <seealso cref="ProducerStatus.Brokers"/>
public sealed record BrokerStatus
{
    /// <summary>The broker's id in the cluster.</summary>
    public int Id { get; init; }

    /// <summary>The name or address where it listens.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>The port where it listens.</summary>
    public int Port { get; init; }

    /// <summary>Host and port as people write them.</summary>
    public string EndPoint { get; init; } = string.Empty;

    /// <summary>Whether a connection for records is open. It is closed while nothing is sent for a while, too.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Requests that it has not answered: at most <see cref="KafkaProducerOptions.MaxInFlightRequestsPerConnection"/>.</summary>
    public int RequestsInFlight { get; init; }

    /// <summary>Since its last answer to records (with acks = 0, since their bytes last left); null = it has given none.</summary>
    public TimeSpan? SinceLastAnswer { get; init; }

    /// <summary>Why the last attempt to connect failed; null after a success.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Id, address, whether it is connected, what it owes, and what is wrong, in one line.</summary>
    public override string ToString()
    {
        var answer = SinceLastAnswer is { } since
            ? string.Create(CultureInfo.InvariantCulture, $"answered {since.TotalSeconds:0.0} s ago")
            : "has not answered";
        var failure = LastFailure is null ? string.Empty : $" ({LastFailure})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Id} at {EndPoint}, {(IsConnected ? "connected" : "not connected")}{failure}, {RequestsInFlight} in flight, {answer}");
    }
}
