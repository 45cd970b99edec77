using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Metadata;

// Carries I3 (back-off between tries); I2 at the level of the connection.
public sealed class ProducerIdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_who_asks_gets_an_id_of_its_own(int version)
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.InitProducerIdMax = version);
        var first = w.Metadata.InitProducerIdAsync();
        var second = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        Assert.Equal([(4001L, 0), (4002L, 0)], [(World.Ended(first).Id, World.Ended(first).Epoch), (World.Ended(second).Id, World.Ended(second).Epoch)]);
        w.End();
    }

    [Fact]
    public void Errors_that_may_pass_are_retried_behind_a_back_off()
    {
        var w = new Watching();
        foreach (var code in new short[] { 14, 14, 15, 16 })
        {
            w.Cluster.ProducerIdErrors.Enqueue(code);
        }

        var asking = w.Metadata.InitProducerIdAsync();
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(4001, World.Ended(asking).Id);
        var times = w.Cluster.Trace.Where(t => t.StartsWith("producerid", StringComparison.Ordinal)).Select(t => long.Parse(t.Split(' ')[2])).ToList();
        Assert.Equal(5, times.Count);
        var expected = 100.0;
        foreach (var gap in times.Zip(times.Skip(1), (a, b) => b - a))
        {
            Assert.InRange(gap, expected * 0.8, (expected * 1.2) + 1);
            expected *= 2;
        }

        w.End();
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(7, -1)]
    public void A_success_without_an_id_is_none_and_asked_again_behind_a_back_off(long id, short epoch)
    {
        var w = new Watching();
        w.Cluster.ProducerIds.Enqueue((id, epoch));
        var asking = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        Assert.False(asking.IsCompleted);
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(4002, World.Ended(asking).Id);
        w.End();
    }

    [Theory]
    [InlineData(31, ProduceErrorCode.Authorization, "IdempotentWrite")]
    [InlineData(42, ProduceErrorCode.Broker, "INVALID_REQUEST")]
    [InlineData(9999, ProduceErrorCode.Broker, "9999")]
    public void Other_errors_fail_who_waits_and_later_ones_ask_again(short code, ProduceErrorCode expected, string words)
    {
        var w = new Watching();
        w.Cluster.ProducerIdErrors.Enqueue(code);
        var first = w.Metadata.InitProducerIdAsync();
        var second = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        foreach (var task in new[] { first, second })
        {
            var error = World.Failed<KafkaProduceException>(task);
            Assert.Equal((expected, code), (error.Code, error.BrokerErrorCode));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }

        Assert.NotSame(first.Exception!.InnerException, second.Exception!.InnerException);
        var third = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        Assert.Equal(4001, World.Ended(third).Id);
        w.End();
    }

    [Fact]
    public void A_broker_that_cannot_is_named_with_the_option()
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.InitProducerIdMax = -1);
        var asking = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        Assert.Contains("EnableIdempotence", World.Failed<KafkaProduceException>(asking).Message, StringComparison.Ordinal);
        w.End();
    }

    [Fact]
    public void A_lost_connection_is_retried()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        var asking = w.Metadata.InitProducerIdAsync();
        w.World.Run();
        w.Cluster.Cut();
        w.Cluster.Hold = false;
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(4001, World.Ended(asking).Id);
        w.End();
    }
}
