namespace Rx.Kafka;

/// <summary>What a sink does after a record of it has failed.</summary>
public enum OnFailure
{
    /// <summary>Later records go on. The default.</summary>
    Continue,

    /// <summary>
    /// Later records of this sink to the same partition are not sent: they fail as <see cref="ProduceErrorCode.Omitted"/>. So what this
    /// sink has on a partition has no gap, but for records that were on their way already: those are told as they are. The source goes
    /// on, and the sink's completion faults. A record that was refused before it had a partition halts its topic, and an element of which
    /// no record could be made halts the sink. This lasts until the sink is closed: open another to go on. Its records share no batch with
    /// those of others, so mixing such a sink with others on one partition makes small batches.
    /// </summary>
    Halt,
}
