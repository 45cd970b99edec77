namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>How records come.</summary>
public enum Feeding
{
    /// <summary>Each partition by a caller of its own, all together at <see cref="Scale.PacedBytes"/> a second.</summary>
    Paced,

    /// <summary>Each partition by a caller of its own, as fast as it can.</summary>
    FlatOut,

    /// <summary>Without key or partition, from one source, at <see cref="Scale.PacedBytes"/> a second.</summary>
    Unkeyed,

    /// <summary>Without key or partition, from one source, as fast as it can.</summary>
    UnkeyedFlatOut,
}
