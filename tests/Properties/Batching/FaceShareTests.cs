using FsCheck.Fluent;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>What a batch keeps for its faces: L16, L25, L26, and that all of it is on the ledger.</summary>
public sealed class FaceShareTests
{
    // Observers come and go between the records of one batch. Each record is told if somebody wanted it when it was accepted, with itself if that was wanted, in order.
    [Fact]
    public void Facts_are_told_in_the_order_of_acceptance() => Law.Check("L25 L26", Steps.Of(kinds: 5, most: 300), program =>
    {
        using var world = new BatchingWorld(batchSize: 65536, memory: 8 << 20);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        HandFace[] faces = [new(), new()];
        var wanted = new[] { FaceInterest.None, FaceInterest.None };
        var expected = new List<(int Index, bool WithRecord)>[] { [], [] };
        var offered = new int[2];
        foreach (var step in program)
        {
            var f = step.A % 2;
            if (step.Kind == 0)
            {
                wanted[f] = faces[f].Wanted = (FaceInterest)(step.B % 3);
                continue;
            }

            var index = offered[0] + offered[1];
            Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(index), faces[f]));
            offered[f]++;
            if (wanted[f] != FaceInterest.None)
            {
                expected[f].Add((index, wanted[f] == FaceInterest.Records));
            }
        }

        owner.CloseAll();
        var used = world.Memory.Used;
        BatchingWorld.DrainClosed(channel, baseOffset: 100);

        for (var f = 0; f < 2; f++)
        {
            Assert.Equal(expected[f], faces[f].Facts.Select(static fact => (fact.Index, fact.Record is not null)));
            Assert.All(faces[f].Facts, static fact => Assert.Equal(100 + fact.Index, fact.Offset));
            Assert.All(faces[f].Facts.Where(static fact => fact.Record is not null), static fact => Assert.Equal(BatchingWorld.Numbered(fact.Index), fact.Record));
            Assert.Equal(offered[f], faces[f].Decisions);
            Assert.Equal(0, faces[f].Entered);
        }

        // What was kept was charged; what nobody wanted was not kept.
        var facts = expected[0].Concat(expected[1]).ToArray();
        Assert.True(facts.Length == 0 || used > 65536 + (facts.Length * 8) + (facts.Count(static fact => fact.WithRecord) * 64));
        Assert.Equal(0, world.Memory.Used);
    });

    // L16: with nobody subscribed a batch keeps a count, however many records; the ledger shows it.
    [Fact]
    public void Nobody_listens_nothing_is_kept() => Law.Check("L16", Gen.Choose(1, 2000).ToArbitrary(), count =>
    {
        using var world = new BatchingWorld(batchSize: 65536, memory: 8 << 20);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var face = new HandFace();
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(i), face));
        }

        var batches = 1 + (count * 15 / 65536);
        Assert.Equal(batches * (65536 + ProducerBatch.BaseOverhead), world.Memory.Used);
        owner.CloseAll();
        BatchingWorld.DrainClosed(channel);
        Assert.Empty(face.Facts);
        Assert.Equal(count, face.Decisions);
        Assert.Equal(0, face.Entered);
    }, maxTest: 30);

    // A face that has ended takes no new batch; what it has in an open one stays its own.
    [Fact]
    public void A_face_that_ended_is_refused_and_nothing_leaks()
    {
        using var world = new BatchingWorld();
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var face = new HandFace { HasEnded = true };
        Assert.Equal(AppendResult.FaceEnded, world.Append(channel, BatchingWorld.Numbered(1), face));
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(2)));
        Assert.Equal(AppendResult.FaceEnded, world.Append(channel, BatchingWorld.Numbered(3), face));
        owner.CloseAll();
        Assert.Equal([2], BatchingWorld.DrainClosed(channel));
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(0, face.Entered);
    }
}
