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
    private const string Protocol = "://";

    /// <summary>What stands before <c>://</c>, or null.</summary>
    public static string? ProtocolOf(string? text) =>
        text?.IndexOf(Protocol, StringComparison.Ordinal) is >= 0 and var end ? text[..end].Trim() : null;

    /// <summary>Whether somebody may have pasted a password or a connection string here, which must not be shown.</summary>
    public static bool MayHoldSecret(string? text) => text is not null && !ShownText.IsAddressLike(text);

    /// <summary>The list as text.</summary>
    public static string Shown(IEnumerable<string> servers) =>
        servers.Any(MayHoldSecret) ? "(not shown: it may hold a secret)" : string.Join(',', servers);

    /// <summary>Names are the same in any case.</summary>
    public bool Equals(BootstrapServer other) => Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(Port, StringComparer.OrdinalIgnoreCase.GetHashCode(Host));

    /// <summary>Parses <c>host:port</c>; null = fine, else what is wrong and how to write it.</summary>
    public static string? TryParse(string? text, out BootstrapServer server)
    {
        server = default;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return "is empty; write host:port";
        }

        if (text.StartsWith("Endpoint=sb:", StringComparison.OrdinalIgnoreCase))
        {
            return "is the connection string of an Event Hubs namespace; write NAMESPACE.servicebus.windows.net:9093 here, the string is "
                + "the password of SASL PLAIN";
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
            var shown = port.All(char.IsAsciiDigit) ? $"has the port '{port}'" : "has no number as its port";
            return $"{shown}; it must be from 1 to 65535";
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
                case '@' or '=':
                    return $"holds the sign {character}; write host:port alone, user and password are options of their own";
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

    /// <summary>
    /// Takes the protocol off: tools print <c>PLAINTEXT://host:port/</c>. Whether it is the one of the options is a rule of its own.
    /// </summary>
    private static string? ProtocolFault(ref string text)
    {
        if (ProtocolOf(text) is not { } name)
        {
            return null;
        }

        if (SecurityProtocols.Find(name) is null)
        {
            return $"starts with '{name}{Protocol}'; write host:port alone";
        }

        text = text[(text.IndexOf(Protocol, StringComparison.Ordinal) + Protocol.Length)..];
        text = text.EndsWith('/') ? text[..^1] : text;
        return null;
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
            return "has more than one colon; write an IPv6 address in brackets, then the port, such as [::1]:9092";
        }

        // Underscores are in no host name by the books, and in many by Docker; this check knows them inside a label only.
        return Uri.CheckHostName(host.Replace('_', 'x')) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? ListeningFault(host)
            : "has no valid host name before its port; write host:port";
    }

    /// <summary>Some systems take such an address for this host, others for none.</summary>
    private static string? ListeningFault(string host) =>
        IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? "is where a broker listens, not where it is found; write its name, or localhost for this host"
            : null;
}
