using Rx.Kafka.Properties.Metadata.Scripted;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>What an answer about one topic costs where thousands are known.</summary>
public sealed class ManyTopicsTests
{
    private const int Partitions = 100;

    [Fact]
    public void An_answer_about_one_topic_does_not_visit_the_partitions_of_the_others()
    {
        var few = Allocated(known: 10);
        var perTopic = (Allocated(known: 210) - few) / 200.0;
        Assert.InRange(perTopic, 0, Partitions * 5);
    }

    private static long Allocated(int known)
    {
        var w = new Watching();
        for (var i = 0; i <= known; i++)
        {
            var partitions = Enumerable.Range(0, Partitions).Select(static _ => new FakePartition(1));
            w.Cluster.Topics[$"t{i}"] = new FakeTopic($"t{i}", [.. partitions]);
        }

        w.Watch([.. Enumerable.Range(0, known).Select(static i => $"t{i}")]);
        Assert.NotNull(w.Metadata.Current.Topic("t0"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        w.Watch($"t{known}");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(known + 1, w.Metadata.Current.Topics.Count);
        w.End();
        return allocated;
    }
}
