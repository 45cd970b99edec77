namespace Rx.Kafka;

/// <summary>What is known about a record being on the log: answers "may I send it again without a duplicate?".</summary>
public enum Persistence
{
    /// <summary>Certainly not on the log: it was never handed to a connection, or every attempt was refused by an answer that proves absence. Safe to send again.</summary>
    NotPersisted,

    /// <summary>It may be on the log: no answer came, or one that proves nothing. Sending again may duplicate.</summary>
    PossiblyPersisted,

    /// <summary>It is on the log.</summary>
    Persisted,
}
