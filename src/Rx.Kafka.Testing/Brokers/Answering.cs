namespace Rx.Kafka.Testing.Brokers;

/// <summary>What happens behind a served request.</summary>
internal enum Answering
{
    /// <summary>The answer is sent.</summary>
    Answer,

    /// <summary>The answer is sent, and the connection closed.</summary>
    AnswerAndClose,

    /// <summary>There is none (acks = 0).</summary>
    Nothing,

    /// <summary>The connection is closed without one (acks = 0 and an error).</summary>
    Close,
}
