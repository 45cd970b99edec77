using Rx.Kafka.Batching;
using Rx.Kafka.Properties.Metadata.Scripted;

namespace Rx.Kafka.Properties.Lanes;

// Carries I3 (back-off between tries); I2 at the level of the connection.
public sealed class ProducerIdsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void An_id_is_asked_for_once_and_serves_all_until_it_is_used_up(int version)
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.InitProducerIdMax = version);
        Assert.False(w.Ids.TryGet(out _));
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        Assert.Equal((1, 1), (w.Obtained, Asked(w).Count));
        Assert.Equal(new ProducerIdentity(4001, 0), w.Id());

        w.Ids.Replace(4001);
        w.Ids.Replace(4001);
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        w.Ids.Replace(4001); // another lane was slower: the new one stays
        Assert.Equal(4002, w.Id().Id);
        w.End();
    }

    [Fact]
    public void Errors_that_may_pass_are_retried_after_a_back_off()
    {
        var w = new Watching();
        foreach (var code in new short[] { 14, 14, 15, 16 })
        {
            w.Cluster.ProducerIdErrors.Enqueue(code);
        }

        Assert.False(w.Ids.TryGet(out _));
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(4001, w.Id().Id);
        var times = Asked(w);
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
    public void A_success_without_an_id_is_none_and_asked_again_after_a_back_off(long id, short epoch)
    {
        var w = new Watching();
        w.Cluster.ProducerIds.Enqueue((id, epoch));
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        Assert.Equal((0, 0), (w.Obtained, w.Refusals.Count));
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(4002, w.Id().Id);
        w.End();
    }

    [Theory]
    [InlineData(31, ProduceErrorCode.Authorization, "IDEMPOTENT_WRITE")]
    [InlineData(42, ProduceErrorCode.Broker, "INVALID_REQUEST")]
    [InlineData(9999, ProduceErrorCode.Broker, "9999")]
    public void Other_errors_refuse_who_waits_and_later_ones_ask_again(short code, ProduceErrorCode expected, string words)
    {
        var w = new Watching();
        w.Cluster.ProducerIdErrors.Enqueue(code);
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        var error = Assert.Single(w.Refusals);
        Assert.Equal((expected, code, 1), (error.Code, error.BrokerErrorCode, w.Log.Count(314)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.False(w.Ids.TryGet(out _));
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(4001, w.Id().Id);
        w.End();
    }

    [Fact]
    public void A_broker_that_cannot_is_named_with_the_option()
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.InitProducerIdMax = -1);
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        Assert.Contains("EnableIdempotence", Assert.Single(w.Refusals).Message, StringComparison.Ordinal);
        w.End();
    }

    [Fact]
    public void A_lost_connection_is_retried()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        w.Cluster.Cut();
        w.Cluster.Hold = false;
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(4001, w.Id().Id);
        w.End();
    }

    // The cluster that was asked may not be ours any more when it answers.
    [Fact]
    public void An_id_of_another_cluster_is_not_taken()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        Assert.False(w.Ids.TryGet(out _));
        w.World.Run();
        w.Ids.Forget();
        w.Cluster.Release();
        w.World.Run();
        Assert.Equal(4002, w.Id().Id);
        w.End();
    }

    private static List<long> Asked(Watching w) =>
        [.. w.Cluster.Trace.Where(static t => t.StartsWith("producerid", StringComparison.Ordinal)).Select(static t => long.Parse(t.Split(' ')[2]))];
}
