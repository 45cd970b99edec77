namespace Rx.Kafka.Integration.RealKafka;

[Collection(RealKafkaGroup.Name)]
public sealed class OldBrokerTests(OldBroker cluster, LinesFile lines) : IClassFixture<OldBroker>
{
    [KafkaFact]
    public Task A_million_lines_arrive_once_and_in_order() => cluster.PublishLinesAsync(lines.FilePath);
}
