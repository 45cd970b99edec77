namespace Rx.Kafka.Tool.Doctor;

/// <summary>The steps of <c>doctor</c> in order. Where one stops, its number is the exit code.</summary>
internal enum Checkpoint
{
    /// <summary>A host name has addresses.</summary>
    Name = 10,

    /// <summary>A port takes connections.</summary>
    Connection = 11,

    /// <summary>Both sides trust each other's certificates.</summary>
    Tls = 12,

    /// <summary>Whoever listens is a Kafka broker.</summary>
    ApiVersions = 13,

    /// <summary>The broker takes the credential.</summary>
    Sasl = 14,

    /// <summary>The broker tells of its cluster.</summary>
    Metadata = 15,

    /// <summary>The brokers' advertised addresses can be connected to.</summary>
    Brokers = 16,

    /// <summary>The topic is there, and its partitions have leaders.</summary>
    Topic = 17,

    /// <summary>A record is taken.</summary>
    Record = 18,
}
