using System.Globalization;
using System.Net;

namespace Rx.Kafka.Network;

/// <summary>Writes addresses as users write them.</summary>
internal static class EndPointText
{
    /// <summary>Writes an end point; an IPv6 address gets brackets.</summary>
    public static string Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => Of(dns.Host, dns.Port),
        _ => endPoint.ToString() ?? "?",
    };

    /// <summary>Writes a host and a port; an IPv6 address gets brackets.</summary>
    public static string Of(string host, int port) => host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
