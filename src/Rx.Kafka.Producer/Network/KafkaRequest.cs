using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>
/// One request, from <see cref="BrokerConnection.TryWrite"/> until its answer or the end of its connection: exactly one of <see
/// cref="Answered"/>, <see cref="Lost"/> and (without an answer to come) <see cref="Flushed"/> is called for each that was written.
/// Its owner may pool it.
/// </summary>
internal abstract class KafkaRequest
{
    /// <summary>Which API.</summary>
    public abstract ApiKey Key { get; }

    /// <summary>The highest version this request may be sent in.</summary>
    public virtual short MaximumVersion => ApiVersion.Supported(Key).Max;

    /// <summary>False for a Produce with acks = 0, the one request a broker does not answer.</summary>
    public virtual bool ExpectsResponse => true;

    /// <summary>The version it was sent in; set by the connection.</summary>
    public short Version { get; set; }

    /// <summary>The number its answer carries; set by the connection.</summary>
    public int CorrelationId { get; set; }

    /// <summary>Writes the body. Called twice, first by a measuring writer, and must write the same bytes both times.</summary>
    public abstract void WriteBody(ref KafkaWriter w, short version);

    /// <summary>Reads the answer's body, on the read loop; nothing of the reader may be kept.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer; the connection ends.</exception>
    public abstract void ReadBody(ref KafkaReader r, short version);

    /// <summary>The answer was read. On the read loop: only posts to its owner.</summary>
    public abstract void Answered();

    /// <summary>
    /// The connection ended before the answer, and its writing is finished too: nobody reads the request's bytes any more. Any thread:
    /// only posts.
    /// </summary>
    public abstract void Lost(Exception cause);

    /// <summary>Without an answer to come: the bytes were handed to the network. Any thread: only posts.</summary>
    public virtual void Flushed()
    {
    }
}
