using Rx.Kafka.Batching;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Admission;

/// <summary>Records that wait for metadata or for any partition's memory: L4, L13, L14, L17, L18, L19, L22, L38 through topic lines and partition lines.</summary>
[Collection(Alone.Name)]
public sealed class TopicAdmissionTests
{
    private static readonly TimeSpan MaxBlock = TimeSpan.FromMilliseconds(200);

    [Fact]
    [Law("L4", "L13", "L14", "L17", "L18", "L19", "L22", "L38")]
    public void Every_offered_record_has_one_outcome_and_keyed_ones_keep_their_order() => Law.Check("admission", Steps.Of(kinds: 10, most: 100, limit: 3000), program =>
    {
        using var world = new AdmissionWorld(seed: program.Length, memory: 60_000, MaxBlock);
        world.Kafka.CreateTopic("a", 2);
        world.Kafka.CreateTopic("b", 1);
        world.Kafka.Faults.On(ApiKey.Metadata).Times(1 + (program.Length % 3)).Delay(TimeSpan.FromMilliseconds(20));
        var offers = new List<Offered>();
        var flushes = new List<(Task Task, Offered[] Covers)>();
        world.Simulation.Run(async () =>
        {
            foreach (var step in program)
            {
                switch (step.Kind)
                {
                    case 0:
                    case 1:
                    case 2:
                    case 3:
                        Offer(step);
                        break;
                    case 4 when offers.Count > 0:
                        offers[^(1 + (step.A % Math.Min(5, offers.Count)))].TryWithdraw();
                        break;
                    case 5:
                    case 6:
                        world.Channels.ForEach(Answer);
                        break;
                    case 7 when step.B % 3 == 0:
                        flushes.Add((world.Batching.Flushes.Flush(), [.. offers.Where(static o => !o.IsDecided)]));
                        world.Owner.CloseAll();
                        break;
                    default:
                        await Task.Delay(TimeSpan.FromMilliseconds(step.A % 30), world.Simulation.Time);
                        break;
                }

                Assert.All(flushes, static flush => Assert.False(flush.Task.IsCompleted && flush.Covers.Any(static o => !o.IsDecided), "a flush ended before a record that was there"));
            }

            for (var i = 0; i < 80; i++)
            {
                world.Owner.CloseAll();
                world.Channels.ForEach(Answer);
                await Task.Delay(TimeSpan.FromMilliseconds(7), world.Simulation.Time);
            }
        });

        Assert.All(flushes, static flush => Assert.True(flush.Task.IsCompleted));
        offers.ForEach(static offered => offered.Check(MaxBlock));
        foreach (var channel in world.Channels)
        {
            var ordered = offers.Where(o => o.Partition == channel.Partition && o.Topic == channel.Topic && o.Offset >= 0).OrderBy(static o => o.Offset).Select(static o => o.Number).ToArray();
            Assert.Equal(ordered.Order(), ordered);
        }

        Assert.Equal(0, world.Batching.Memory.Used);
        Assert.True(world.Batching.Flushes.Flush().IsCompleted);
        Assert.Equal(0, world.Simulation.StepsOffThread);

        void Offer(Step step)
        {
            // Named partitions have an order; records without key may go anywhere; "missing" never appears.
            var topic = step.B % 11 == 0 ? "missing" : step.B % 3 == 0 ? "b" : "a";
            var offered = new Offered(offers.Count, topic, step.Kind == 3 ? null : topic == "a" ? step.B % 2 : 0, world.Simulation.Time.Elapsed);
            offers.Add(offered);
            var record = BatchingWorld.Numbered(offered.Number, step.Kind == 0 ? step.A * 6 : step.A % 300) with { Topic = topic, Partition = offered.Partition };
            offered.Took(world.Offer(record, offered.Completion), world);
        }

        void Answer(PartitionChannel channel) => world.Answer(channel, (number, offset) => offers[number].Sent(channel, offset));
    }, maxTest: 100);

    // Else its batch lies with the leaderless until DeliveryTimeout, for nobody asks for the topic's leader again.
    [Fact]
    [Law("L4")]
    public void A_record_that_meets_the_forgetting_of_its_idle_topic_keeps_it_or_finds_it_forgotten()
    {
        using var world = new AdmissionWorld(seed: 1, memory: 60_000, MaxBlock);
        world.Kafka.CreateTopic("a");
        var topic = world.Admission.TopicOf("a");
        world.Simulation.Run(() => Task.Delay(MaxBlock, world.Simulation.Time));
        var partitions = topic.Channels!.Partitions;
        var (isFound, isForgotten) = (false, false);
        new Race
        {
            Prepare = () =>
            {
                while (!topic.TryForget())
                {
                    // The record of the round before has marked it.
                }

                topic.Update(partitions, static _ => throw new InvalidOperationException());
            },
            First = () => isFound = topic.ChannelsInUse() is not null,
            Second = () => isForgotten = topic.TryForget(),
            Check = () => Assert.False(isFound && isForgotten),
        }.Run(TimeSpan.FromSeconds(2));
    }

    private sealed class Offered(int number, string topic, int? partition, TimeSpan at)
    {
        private WaitingRecord? _waiter;
        private ProduceError? _refusal;
        private bool _isSent;
        private bool _isWithdrawn;

        public int Number { get; } = number;

        public string Topic { get; } = topic;

        public int? Partition { get; } = partition;

        public long Offset { get; private set; } = -1;

        public HandCompletion Completion { get; } = new();

        public bool IsDecided => _isSent || _isWithdrawn || _refusal is not null || Completion.Answers > 0;

        public void Took(AdmissionWorld.Offered result, AdmissionWorld world)
        {
            _refusal = result.Error;
            _waiter = result.Waiting;
            if (_waiter is not null)
            {
                _ = LeftAsync(world);
            }
        }

        public TimeSpan? LeftAfter { get; private set; }

        public void TryWithdraw()
        {
            if (_waiter is { Placed.IsCompleted: false } waiter && WaitingRecords.TryWithdraw(waiter))
            {
                _isWithdrawn = true;
            }
        }

        public void Sent(PartitionChannel channel, long offset)
        {
            Assert.False(_isSent || _isWithdrawn || _refusal is not null, $"record {Number} was sent twice, or after it was withdrawn");
            Assert.Equal((Topic, Partition ?? channel.Partition), (channel.Topic, channel.Partition));
            _isSent = true;
            Offset = offset;
        }

        public void Check(TimeSpan maxBlock)
        {
            Assert.True(_waiter is null || _waiter.Placed.IsCompleted, $"record {Number} never left its line");
            var refusal = _refusal ?? _waiter?.Refusal;
            Assert.Equal(1, (_isSent ? 1 : 0) + (_isWithdrawn ? 1 : 0) + (refusal is null ? 0 : 1));
            Assert.Equal(_isSent || _waiter?.Refusal is not null ? 1 : 0, Completion.Answers);
            if (refusal is not null)
            {
                // L19: nobody is refused for want of metadata or memory before MaxBlock is over, nor later.
                Assert.Contains(refusal.Code, new[] { ProduceErrorCode.BufferFull, ProduceErrorCode.TopicUnknown, ProduceErrorCode.MetadataTimeout });
                Assert.Equal(Topic == "missing", refusal.Code is not ProduceErrorCode.BufferFull && Topic == "missing");
                Assert.Equal(maxBlock, LeftAfter);
            }

            Assert.True(LeftAfter is null || LeftAfter <= maxBlock);
        }

        private async Task LeftAsync(AdmissionWorld world)
        {
            try
            {
                await _waiter!.Placed;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            LeftAfter = world.Simulation.Time.Elapsed - at;
        }
    }
}
