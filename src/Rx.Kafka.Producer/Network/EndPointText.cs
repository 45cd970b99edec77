using System.Globalization;
using System.Net;

namespace Rx.Kafka.Network;

/// <summary>Reads and writes <c>host:port</c> as users write it.</summary>
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

    /// <summary>Reads <c>host:port</c>, <c>[ipv6]:port</c>, and both behind a <c>PROTOCOL://</c> as in a broker's own configuration.</summary>
    /// <param name="text">The text.</param>
    /// <param name="endPoint">The end point; its name is resolved on connecting.</param>
    /// <returns>False when the host is empty or the port is not from 1 to 65535.</returns>
    public static bool TryParse(string? text, out DnsEndPoint? endPoint)
    {
        endPoint = null;
        var rest = (text ?? "").AsSpan().Trim();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        rest = scheme < 0 ? rest : rest[(scheme + 3)..];
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > IPEndPoint.MaxPort)
        {
            return false;
        }

        var host = rest[..colon];
        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }

        if (host.IsEmpty || host.ContainsAny(" []/") || (host.Contains(':') && !IPAddress.TryParse(host, out _)))
        {
            return false;
        }

        endPoint = new DnsEndPoint(host.ToString(), port);
        return true;
    }
}
