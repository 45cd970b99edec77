using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Lanes;
using Rx.Kafka.Protocol.Messages;
using Rx.Kafka.Sending;

namespace Rx.Kafka.Properties.Sending;

/// <summary>How batches are grouped into requests (design 4.5): one of each partition, up to MaxRequestSize, each once and in order.</summary>
public sealed class BrokerRequestsTests
{
    private const int MaxRequestSize = 3000;

    [Fact]
    public void Batches_of_different_partitions_share_requests_and_each_goes_once() => Law.Check(
        "requests", Gen.Zip(Gen.Choose(0, 3), Gen.Choose(1, 3500)).ArrayOf().Where(static writes => writes.Length < 30), static writes =>
        {
            using var world = new LaneWorld(isIdempotent: false);
            var sender = NewSender(world);
            var channels = Enumerable.Range(0, 4).Select(partition => world.NewChannel(sender, partition)).ToArray();
            foreach (var (partition, bytes) in writes)
            {
                world.Fill(channels[partition], bytes);
            }

            var requests = new BrokerRequests(sender, Context(world));
            var all = sender.Timeline.Undecided();
            var left = all.ToHashSet();
            while (requests.Pull(world.Connection, world.Now, static _ => Assert.Fail("No lane waits for a producer id.")) is { } request)
            {
                request.Sent(world.Now);
                var batches = left.Where(static batch => batch.Delivery.Attempts > 0).ToList();
                left.ExceptWith(batches);
                Assert.Equal(batches.Sum(static batch => batch.Bytes), request.BatchBytes);
                Assert.True(batches.Count == 1 || request.BatchBytes <= MaxRequestSize, "larger than MaxRequestSize");
                Assert.Equal(batches.Count, batches.Select(static batch => batch.Channel.Partition).Distinct().Count());
                Assert.All(batches, sent => Assert.DoesNotContain(left, other => other.Channel == sent.Channel && other.OpenedAt < sent.OpenedAt));
                batches.ForEach(batch => world.Acknowledge(batch));
                requests.Return(request);
            }

            Assert.Empty(left);
            Assert.Equal(0, sender.Listed);
        });

    [Fact]
    public void A_lane_without_producer_id_is_told_and_not_asked_again_before_it_comes()
    {
        using var world = new LaneWorld(obtainId: false);
        var sender = NewSender(world);
        var channel = world.NewChannel(sender, partition: 0);
        world.Fill(channel, 10);
        var blocked = new List<PartitionLane>();
        var requests = new BrokerRequests(sender, Context(world));
        Assert.Null(requests.Pull(world.Connection, world.Now, blocked.Add));
        Assert.Same(channel.Lane, Assert.Single(blocked));
        Assert.Equal(0, sender.Listed);
    }

    private static BrokerSender NewSender(LaneWorld world)
    {
        var memory = new BrokerMemory();
        world.Context.Batching.Memory.AddBroker(memory);
        return new BrokerSender(new BrokerNode(1, "broker", 9092, null), memory, new BrokerStall(), Context(world));
    }

    private static SendingContext Context(LaneWorld world) => new()
    {
        Options = new KafkaProducerOptions { MaxRequestSize = MaxRequestSize },
        Batching = world.Context.Batching,
        Metadata = world.Context.Metadata,
        ProducerIds = world.Context.ProducerIds,
        Events = world.Context.Events,
        Random = world.Context.Random,
        EndProducer = world.Context.EndProducer,
        Connector = world.Connector,
        Logger = world.Log,
    };
}
