namespace Rx.Kafka.Options;

/// <summary>Whose key it is.</summary>
[Flags]
internal enum KeyClient
{
    Java = 1,
    Librdkafka = 2,
    Both = Java | Librdkafka,
    Confluent = 4,
}

/// <summary>What becomes of a key.</summary>
internal enum KeyStatus
{
    /// <summary>It sets an option, or says what we do anyway.</summary>
    Supported,

    /// <summary>Nothing here can be set by it, and nothing is lost.</summary>
    WithoutEffect,

    /// <summary>As <see cref="WithoutEffect"/>: it stands in a file that consumers read too.</summary>
    Consumer,

    /// <summary>To ignore it would change what happens to records or how they travel.</summary>
    Refused,
}

/// <summary>One row of the key table: it drives reading and docs/configuration.md.</summary>
/// <param name="Key">The key as its client writes it; one that ends in a dot stands for all that begin with it.</param>
/// <param name="Client">Who reads it too.</param>
/// <param name="Status">What becomes of it.</param>
/// <param name="Note">In which way its value differs from the option's; or, if it sets none, why.</param>
internal sealed record KeyRow(string Key, KeyClient Client, KeyStatus Status, string Note)
{
    /// <summary>What a supported key sets.</summary>
    public ProducerOption? Option { get; init; }

    /// <summary>Makes Java's value of this client's value; a text that is none of its values stays as it is, so that the fault shows
    /// it.</summary>
    public Func<string, string> Convert { get; init; } = static text => text;

    /// <summary>What to say of a value that the other client understands otherwise; null = nothing.</summary>
    public Func<string, string?> Remark { get; init; } = static _ => null;

    /// <summary>Whether a whole family of keys is meant.</summary>
    public bool IsFamily => Key.EndsWith('.');

    /// <summary>Whether this is the name under which the option is documented and printed.</summary>
    public bool IsOwnName => string.Equals(Option?.Key, Key, StringComparison.Ordinal);
}
