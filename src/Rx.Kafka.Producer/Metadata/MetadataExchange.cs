using Rx.Kafka.Concurrency;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>One metadata request and its answer.</summary>
/// <param name="wake">The refresh loop.</param>
/// <param name="topics">What is asked for.</param>
/// <param name="full">Whether that is all topics, not only new ones.</param>
/// <param name="allowAutoCreation">Whether asking may create a topic.</param>
internal sealed class MetadataExchange(AsyncSignal wake, List<string> topics, bool full, bool allowAutoCreation) : PostedRequest(wake)
{
    public List<string> Topics { get; } = topics;

    public bool Full { get; } = full;

    public MetadataResponse? Response { get; private set; }

    public override ApiKey Key => ApiKey.Metadata;

    public override void WriteBody(ref KafkaWriter w, short version) => MetadataRequest.Write(ref w, version, Topics, allowAutoCreation);

    public override void ReadBody(ref KafkaReader r, short version) => Response = MetadataResponse.Read(ref r, version);
}
