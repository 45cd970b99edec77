using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What one Produce request holds, and whose turn it is (design 4.4, 4.5; L7, L12). Carries RA1, RA5, RA8 and RA25.</summary>
public class RequestTests
{
    private const int Partitions = 4;

    // RA1, RA5: as many batches as fit, one of each partition, and the next request goes on where the last one ended.
    [Theory]
    [Law("L7", "L12")]
    [InlineData(600, 1)]
    [InlineData(300, 2)]
    [InlineData(10, 4)]
    public void A_request_holds_what_fits_and_partitions_take_turns(int valueBytes, int batches) => Run(
        async world =>
        {
            var value = new string('x', valueBytes);
            var requests = new List<ReceivedRequest>();
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(1)).Times(1);
            var first = world.SendEach(0, "holds up the others");
            await world.Delay(10);
            world.Kafka.RequestReceived = requests.Add;
            await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, Partitions).SelectMany(p => world.SendEach(p, value))).Concat(first));
            Assert.All(requests, request => Assert.InRange(request.Batches.Sum(static batch => batch.Bytes), 1, 1000));
            Assert.All(requests, request => Assert.Equal(batches, request.Batches.Count));
            Assert.All(
                requests.SelectMany(static request => request.Batches).Select(static batch => batch.Partition).Chunk(Partitions),
                static turn => Assert.Equal(Enumerable.Range(0, Partitions), turn.Order()));
        },
        new Setup { BatchSize = 0, MaxRequestSize = 1000, InFlight = 1, Idempotent = false });

    // RA8
    [Fact]
    public void A_partition_that_backs_off_holds_up_no_other_of_its_broker() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Partition(0).Fail(7).Times(1);
            var backsOff = world.SendEach(0, "v")[0];
            await world.Delay(1);
            for (var i = 0; i < 7; i++)
            {
                Assert.Equal(0, (await world.SendEach(1, "v")[0]).Milliseconds);
                await world.Delay(10);
            }

            Assert.False(backsOff.IsCompleted);
            Assert.InRange((await backsOff).Milliseconds, 80, 121);
        });

    // RA25: what lingered as long as it may is sent, though its time is nearly over.
    [Fact]
    public void A_batch_that_lingered_long_is_sent_before_it_expires() => Run(
        async world =>
        {
            var (error, _, took) = await world.SendEach(0, "v")[0];
            Assert.Equal((null, 119_999d), (error, took));
        },
        new Setup { LingerMs = 119_999, RequestTimeoutMs = 1, DeliveryTimeoutMs = 120_000 });

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", Partitions);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup ?? new Setup { BatchSize = 0 });
}
