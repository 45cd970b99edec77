namespace Rx.Kafka.Options;

/// <summary>
/// The protocols of <c>security.protocol</c>, which may stand before an address too. In <see cref="KafkaProducerOptions.Security"/> they
/// are whether there is TLS and SASL; as a key the protocol decides, and keys of what it does not have do nothing.
/// </summary>
internal static class SecurityProtocols
{
    public const string Key = "security.protocol";
    public const string Plaintext = "PLAINTEXT";

    private static readonly (string Name, bool HasTls, bool HasSasl)[] All =
    [
        (Plaintext, false, false), ("SSL", true, false), ("SASL_PLAINTEXT", false, true), ("SASL_SSL", true, true),
    ];

    /// <summary>All of them, as one may write them.</summary>
    public static string Range { get; } = string.Join(", ", All.SkipLast(1).Select(static one => one.Name)) + " or " + All[^1].Name;

    /// <summary>The protocol's own name; null = it is none.</summary>
    public static string? Find(string? text) =>
        text is null ? null : Array.Find(All, one => OptionText.IsSameWord(one.Name, text)).Name;

    /// <summary>The protocol of options.</summary>
    public static string Of(KafkaProducerOptions options) => Array.Find(
        All, one => one.HasTls == options.Security?.Tls is not null && one.HasSasl == options.Security?.Sasl is not null).Name;

    /// <summary>
    /// Reads the key: TLS begins with its defaults. What it does not have goes when all keys are read (<see cref="Settle"/>).
    /// </summary>
    public static string? Parse(KafkaProducerOptions options, string text)
    {
        if (Find(text) is not { } name)
        {
            return $"is '{text}'; it must be {Range}";
        }

        if (Array.Find(All, one => one.Name == name).HasTls)
        {
            var security = options.Security ?? new SecurityOptions();
            options.Security = security with { Tls = security.Tls ?? new TlsOptions() };
        }

        return null;
    }

    /// <summary>Makes the options and the protocol agree, when all keys are read.</summary>
    public static void Settle(KafkaProducerOptions options, IReadOnlyList<KeyEntry> entries, List<string> faults, List<string> notices)
    {
        var draft = options.SaslDraft;
        options.SaslDraft = null;
        var all = entries.Where(static entry => entry.Row?.Option?.Key == Key).ToList();
        if (Contradiction(all) is { } several)
        {
            // Whichever wins, somebody meant another one; it may be all that keeps records secret.
            faults.Add(several);
            return;
        }

        var given = all.Select(static entry => entry.Value).FirstOrDefault();
        if (given is not null && Find(given) is null)
        {
            return;
        }

        var ofServers = options.BootstrapServers.Select(BootstrapServer.ProtocolOf).Select(Find).OfType<string>().Distinct().ToList();
        var said = Find(given) ?? (ofServers.Count == 1 ? ofServers[0] : null);
        var protocol = Array.Find(All, one => one.Name == (said ?? Plaintext));
        _ = Parse(options, protocol.Name);
        if (!protocol.HasTls && options.Security?.Tls is not null)
        {
            Leave(("ssl.", "SSL"), said, entries, faults, notices);
            options.Security = options.Security with { Tls = null };
        }

        if (draft is not null && !protocol.HasSasl)
        {
            Leave(("sasl.", "SASL_SSL"), said, entries, faults, notices);
        }
        else if (draft is not null)
        {
            options.Security = (options.Security ?? new SecurityOptions()) with { Sasl = draft.Complete(faults) };
        }
        else if (protocol.HasSasl)
        {
            faults.Add($"{(given is null ? "bootstrap.servers says" : $"{Key} is")} {protocol.Name} but nothing says who this client is: "
                + $"set sasl.mechanism and what it needs, or use {(protocol.HasTls ? "SSL" : Plaintext)}");
        }

        if (options.Security is { Tls: null, Sasl: null })
        {
            options.Security = null;
        }

        if (AddressFault(options, protocol.Name) is { } contradiction)
        {
            faults.Add(contradiction);
        }
    }

    /// <summary>Keys of what the protocol does not have: said on purpose it is a notice; unsaid it may be an oversight that sends
    /// everything in the clear.</summary>
    private static void Leave(
        (string Prefix, string Remedy) keys, string? said, IReadOnlyList<KeyEntry> entries, List<string> faults, List<string> notices)
    {
        var names = entries
            .Where(entry => entry.Row?.Option?.Key?.Contains(keys.Prefix, StringComparison.Ordinal) == true)
            .Select(static entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        if (said is null)
        {
            faults.Add($"{string.Join(", ", names)}: without {Key} this is for nothing, for {Plaintext} is spoken; set "
                + $"{Key}={keys.Remedy}, or say {Plaintext}");
        }
        else
        {
            notices.AddRange(names.Select(name => $"{name} has no effect: {Key} is {said}"));
        }
    }

    /// <summary>What is wrong if the key is given in several spellings that differ, or null.</summary>
    private static string? Contradiction(List<KeyEntry> given)
    {
        var said = given
            .Where(static entry => Find(entry.Value) is not null)
            .OrderBy(static entry => entry.Name, StringComparer.Ordinal)
            .Select(static entry => (entry.Name, Protocol: Find(entry.Value)))
            .ToList();
        return said.DistinctBy(static one => one.Protocol).Count() < 2
            ? null
            : $"{string.Join(" but ", said.Select(static one => $"{one.Name} is {one.Protocol}"))}; name one protocol, in one place";
    }

    /// <summary>What is wrong if addresses name another protocol, or null.</summary>
    public static string? AddressFault(KafkaProducerOptions options, string own)
    {
        var others = options.BootstrapServers
            .Select(BootstrapServer.ProtocolOf)
            .Where(protocol => Find(protocol) is { } name && name != own)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        return others.Count == 0
            ? null
            : $"bootstrap.servers says {string.Join(" and ", others)}:// but {Key} is {own}; name one protocol, in one place";
    }
}
