namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>One broker of the scripted cluster.</summary>
internal sealed class FakeBroker(int id)
{
    public int Id { get; } = id;

    public string Host { get; } = $"b{id}";

    /// <summary>Refuses connections.</summary>
    public bool Down { get; set; }

    /// <summary>Takes requests and says nothing.</summary>
    public bool Silent { get; set; }

    /// <summary>Closes the connection instead of answering the handshake.</summary>
    public bool DropsAtOnce { get; set; }

    public int MetadataMin { get; set; }

    public int MetadataMax { get; set; } = 12;

    /// <summary>-1 = does not offer InitProducerId.</summary>
    public int InitProducerIdMax { get; set; } = 5;
}
