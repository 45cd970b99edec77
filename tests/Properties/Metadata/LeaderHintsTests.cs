using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Metadata;

namespace Rx.Kafka.Properties.Metadata;

public sealed class LeaderHintsTests
{
    [Fact]
    public void The_newest_hint_of_each_partition_is_kept_in_the_order_partitions_came()
    {
        var hint = from topic in Gen.Elements("a", "b")
                   from partition in Gen.Choose(0, 2)
                   from epoch in Gen.Choose(0, 9)
                   select new LeaderHint(topic, partition, epoch, epoch, []);
        Law.Check("hints", hint.ListOf(), given =>
        {
            var hints = new LeaderHints();
            foreach (var one in given)
            {
                hints.Add(one);
            }

            var expected = given.GroupBy(h => (h.Topic, h.Partition)).Select(g => g.MaxBy(h => h.LeaderEpoch));
            Assert.Equal(expected, hints.Take());
            Assert.Empty(hints.Take());
        });
    }
}
