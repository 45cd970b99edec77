using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;

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
    private const string Plaintext = "PLAINTEXT";
    private const string Protocol = "://";
    private static readonly string[] ProtocolsToCome = ["SSL", "SASL_PLAINTEXT", "SASL_SSL"];

    /// <summary>Parses <c>host:port</c>; null = fine, else what is wrong and how to write it.</summary>
    public static string? TryParse(string? text, out BootstrapServer server)
    {
        server = default;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return "is empty; write host:port";
        }

        if (CharacterFault(text) is { } character)
        {
            return character;
        }

        return ProtocolFault(ref text) ?? Parse(text, out server);
    }

    private static string? Parse(string text, out BootstrapServer server)
    {
        server = default;
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return "holds a slash; write host:port alone";
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

    /// <summary>What shells, YAML and other clients' lists put around and between addresses.</summary>
    private static string? CharacterFault(string text)
    {
        foreach (var character in text)
        {
            switch (character)
            {
                case ',':
                    return "holds a comma; give each server as an element of its own";
                case ';':
                    return "holds a semicolon; separate servers by commas, or give each as an element of its own";
                case '"' or '\'' or '`':
                    return $"holds the quote {character}; write host:port without quotes";
                case var blank when char.IsWhiteSpace(blank):
                    return "holds a blank; separate servers by commas, or give each as an element of its own";
            }
        }

        return null;
    }

    /// <summary>Takes the protocol off: tools print <c>PLAINTEXT://host:port/</c>, and that is what we speak.</summary>
    private static string? ProtocolFault(ref string text)
    {
        var end = text.IndexOf(Protocol, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var name = text[..end];
        if (name.Equals(Plaintext, StringComparison.OrdinalIgnoreCase))
        {
            text = text[(end + Protocol.Length)..];
            text = text.EndsWith('/') ? text[..^1] : text;
            return null;
        }

        return ProtocolsToCome.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? $"asks for {name}, which is not there yet: only PLAINTEXT is; write the host:port of a PLAINTEXT listener"
            : $"starts with '{name}{Protocol}'; write host:port alone";
    }

    private static string? HostFault(ref string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return Uri.CheckHostName(host) == UriHostNameType.IPv6
                ? ListeningFault(host)
                : "has no IPv6 address in its brackets; write [address]:port";
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return "has more than one colon; write an IPv6 address in brackets, such as [::1]:9092";
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? ListeningFault(host)
            : "has no valid host name before its port; write host:port";
    }

    /// <summary>Some systems take such an address for this host, others for none.</summary>
    private static string? ListeningFault(string host) =>
        IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? "is where a broker listens, not where it is found; write its name, or localhost for this host"
            : null;
}
