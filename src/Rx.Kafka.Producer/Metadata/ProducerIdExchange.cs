using Rx.Kafka.Concurrency;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>One request for a producer id, without a transactional id (so any broker serves it), and its answer.</summary>
internal sealed class ProducerIdExchange(AsyncSignal wake) : PostedRequest(wake)
{
    public InitProducerIdResponse Response { get; private set; }

    public override ApiKey Key => ApiKey.InitProducerId;

    public override void WriteBody(ref KafkaWriter w, short version) =>
        InitProducerIdRequest.Write(ref w, version, transactionalId: null, transactionTimeoutMs: int.MaxValue);

    public override void ReadBody(ref KafkaReader r, short version) => Response = InitProducerIdResponse.Read(ref r, version);
}
