using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Batching;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>What a batch keeps for its sinks: L16, L25, L26, and that all of it is on the ledger.</summary>
public sealed class SinkShareTests
{
    // Observers come and go between the records of one batch. Each record is told if somebody wanted it when it was accepted, with itself if that was wanted, in order.
    [Fact]
    [Law("L25", "L26")]
    public void Facts_are_told_in_the_order_of_acceptance() => Law.Check("L25 L26", Steps.Of(kinds: 5, most: 300), program =>
    {
        using var world = new BatchingWorld(batchSize: 65536, memory: 8 << 20);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        HandSink[] sinks = [new(), new()];
        var wanted = new[] { SinkInterest.None, SinkInterest.None };
        var expected = new List<(int Index, bool WithRecord)>[] { [], [] };
        var offered = new int[2];
        foreach (var step in program)
        {
            var f = step.A % 2;
            if (step.Kind == 0)
            {
                wanted[f] = sinks[f].Wanted = (SinkInterest)(step.B % 3);
                continue;
            }

            var index = offered[0] + offered[1];
            Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(index), sinks[f]));
            offered[f]++;
            if (wanted[f] != SinkInterest.None)
            {
                expected[f].Add((index, wanted[f] == SinkInterest.Records));
            }
        }

        owner.CloseAll();
        var used = world.Memory.Used;
        BatchingWorld.DrainClosed(channel, baseOffset: 100);

        for (var f = 0; f < 2; f++)
        {
            Assert.Equal(expected[f], sinks[f].Facts.Select(static fact => (fact.Index, fact.Record is not null)));
            Assert.All(sinks[f].Facts, static fact => Assert.Equal(100 + fact.Index, fact.Offset));
            Assert.All(sinks[f].Facts.Where(static fact => fact.Record is not null), static fact => Assert.Equal(BatchingWorld.Numbered(fact.Index), fact.Record));
            Assert.Equal(offered[f], sinks[f].Decisions);
            Assert.Equal(0, sinks[f].Entered);
        }

        // What was kept was charged; what nobody wanted was not kept.
        var facts = expected[0].Concat(expected[1]).ToArray();
        Assert.True(facts.Length == 0 || used > 65536 + (facts.Length * 8) + (facts.Count(static fact => fact.WithRecord) * 64));
        Assert.Equal(0, world.Memory.Used);
    });

    // L16: with nobody subscribed a batch keeps a count, however many records; the ledger shows it.
    [Fact]
    [Law("L16")]
    public void Nobody_listens_nothing_is_kept() => Law.Check("L16", Gen.Choose(1, 2000).ToArbitrary(), count =>
    {
        using var world = new BatchingWorld(batchSize: 65536, memory: 8 << 20);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var sink = new HandSink();
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(i), sink));
        }

        var batches = 1 + (count * 15 / 65536);
        Assert.Equal(batches * (65536 + ProducerBatch.BaseOverhead), world.Memory.Used);
        owner.CloseAll();
        BatchingWorld.DrainClosed(channel);
        Assert.Empty(sink.Facts);
        Assert.Equal(count, sink.Decisions);
        Assert.Equal(0, sink.Entered);
    }, maxTest: 30);

    // A sink that has ended takes no new batch; what it has in an open one stays its own.
    [Fact]
    public void A_sink_that_ended_is_refused_and_nothing_leaks()
    {
        using var world = new BatchingWorld();
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var sink = new HandSink { HasEnded = true };
        Assert.Equal(AppendResult.SinkEnded, world.Append(channel, BatchingWorld.Numbered(1), sink));
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(2)));
        Assert.Equal(AppendResult.SinkEnded, world.Append(channel, BatchingWorld.Numbered(3), sink));
        owner.CloseAll();
        Assert.Equal([2], BatchingWorld.DrainClosed(channel));
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(0, sink.Entered);
    }
}
