using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>KIP-467: a broker that refuses a batch names the records it does not like (S9).</summary>
public class RecordErrorTests
{
    [Theory]
    [InlineData(StepKind.Send)]
    [InlineData(StepKind.Enqueue)]
    internal void Each_record_learns_whether_it_was_the_one(StepKind way) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).RejectRecords(87, 0, 2, 3).Times(1);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => world.SendAsync(new Record("t", $"{i}"), way)));
            Assert.Equal(
                [ProduceErrorCode.InvalidRecord, ProduceErrorCode.Broker, ProduceErrorCode.InvalidRecord, ProduceErrorCode.InvalidRecord, ProduceErrorCode.Broker],
                outcomes.Select(static outcome => outcome.Error!.Code));
            Assert.All(outcomes, static outcome => Assert.Equal(((short?)87, Persistence.NotPersisted), (outcome.Error!.BrokerErrorCode, outcome.Error.Persistence)));
            Assert.Empty(world.Kafka.ReadLog("t"));
            Assert.Null((await world.SendAsync(new Record("t", "later"), way)).Error);
        },
        new Setup { LingerMs = 5 });
}
