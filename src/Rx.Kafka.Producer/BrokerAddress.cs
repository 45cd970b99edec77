using System.Globalization;

namespace Rx.Kafka;

/// <summary>A broker as the cluster names it to its clients (<c>advertised.listeners</c>). Immutable.</summary>
/// <param name="Id">The broker's id in the cluster.</param>
/// <param name="Host">The name or address that clients are told to connect to.</param>
/// <param name="Port">The port that clients are told to connect to.</param>
/// <param name="Rack">Where it stands (<c>broker.rack</c>); null = it was not told.</param>
/// <seealso cref="ProducerStatus.ClusterBrokers"/>
public sealed record BrokerAddress(int Id, string Host, int Port, string? Rack)
{
    /// <summary>Id, address and rack in one line.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{Id} at {host}:{Port}{(Rack is null ? string.Empty : $", rack {Rack}")}");
    }
}
