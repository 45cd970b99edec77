using System.Collections.ObjectModel;
using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>The user's own list, compared by its content, so that options are values.</summary>
internal sealed class BootstrapServerList(IList<string> servers) : Collection<string>(servers), IEquatable<BootstrapServerList>
{
    public bool Equals(BootstrapServerList? other) => other is not null && this.SequenceEqual(other, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as BootstrapServerList);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var server in this)
        {
            hash.Add(server, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}

/// <summary>One entry of <c>bootstrap.servers</c>, parsed; an IPv6 host has no brackets here.</summary>
internal readonly record struct BootstrapServer(string Host, int Port)
{
    /// <summary>Parses <c>host:port</c>; null = fine, else what is wrong and how to write it.</summary>
    public static string? TryParse(string? text, out BootstrapServer server)
    {
        server = default;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return "is empty; write host:port";
        }

        if (text.Contains(',', StringComparison.Ordinal))
        {
            return "holds a comma; give each server as an element of its own";
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "starts with a protocol; write host:port alone";
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']'))
        {
            return "has no port; write host:port, such as " + text + ":9092";
        }

        var (host, port) = (text[..colon], text[(colon + 1)..]);
        if (HostFault(ref host) is { } fault)
        {
            return fault;
        }

        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
        {
            return $"has the port '{port}'; it must be from 1 to 65535";
        }

        server = new BootstrapServer(host, number);
        return null;
    }

    private static string? HostFault(ref string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return Uri.CheckHostName(host) == UriHostNameType.IPv6 ? null : "has no IPv6 address in its brackets; write [address]:port";
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return "has more than one colon; write an IPv6 address in brackets, such as [::1]:9092";
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? null
            : "has no valid host name before its port; write host:port";
    }
}
