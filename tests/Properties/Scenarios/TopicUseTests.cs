using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What becomes of a topic's metadata as it is used, and while the cluster cannot be asked (design 4.11).</summary>
public class TopicUseTests
{
    private static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(5);

    private static readonly Setup ThreeBrokers = Setup.Default with { Brokers = 3 };

    [Fact]
    public void A_topic_nobody_used_for_long_is_still_known_while_nobody_answers() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Metadata).Hang();
            await world.Delay(3 * MaxIdle.TotalMilliseconds);
            var (error, _, took) = await world.SendEach(0, "later")[0];
            Assert.Null(error);
            Assert.InRange(took, 0, 100);
        },
        ThreeBrokers);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_topic_that_was_used_within_its_idle_time_is_never_forgotten(int seed)
    {
        var log = new EventLog();
        ProducerWorld.Run(world => new Usage(world, log, new Random(seed)).RunAsync(), ThreeBrokers, seed, logs: log);
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    /// <summary>Records at random times, and outages of the cluster's metadata at others.</summary>
    private sealed class Usage(ProducerWorld world, EventLog log, Random random)
    {
        private readonly string[] _topics = ["a", "b", "c"];
        private readonly Dictionary<string, TimeSpan> _lastUsed = [];
        private int _dropsSeen;
        private bool _isOut;
        private TimeSpan _outSince = TimeSpan.MaxValue;

        public async Task RunAsync()
        {
            foreach (var topic in _topics)
            {
                world.Kafka.CreateTopic(topic);
            }

            var next = _topics.ToDictionary(static topic => topic, static _ => TimeSpan.Zero);
            var turn = TimeSpan.FromMinutes(2);
            while (world.Now < TimeSpan.FromMinutes(90))
            {
                if (world.Now >= turn)
                {
                    Turn();
                    turn = world.Now + TimeSpan.FromMinutes(random.Next(1, 12));
                }

                foreach (var topic in _topics)
                {
                    if (world.Now >= next[topic])
                    {
                        await UseAsync(topic);
                        next[topic] = world.Now + (MaxIdle * (random.NextDouble() * 1.6));
                    }
                }

                await world.Delay(1000);
                Check();
            }
        }

        private void Turn()
        {
            _isOut = !_isOut;
            _outSince = _isOut ? world.Now : TimeSpan.MaxValue;
            if (_isOut)
            {
                world.Kafka.Faults.On(ApiKey.Metadata).Hang();
                world.Kafka.MoveLeader(_topics[random.Next(3)], 0, random.Next(1, 4));
            }
            else
            {
                world.Kafka.Faults.Clear();
            }
        }

        private async Task UseAsync(string topic)
        {
            // A topic that was forgotten may have to wait for the end of the outage.
            var sending = world.SendAsync(new Record(topic, "v"), StepKind.Enqueue);
            _lastUsed[topic] = world.Now;
            await Task.WhenAny(sending, world.Delay(500));
        }

        private void Check()
        {
            var drops = log.Events.Where(static e => e.Id == 205).Skip(_dropsSeen).ToList();
            _dropsSeen += drops.Count;
            foreach (var drop in drops)
            {
                var unused = world.Now - _lastUsed[(string)drop.Fields["Topic"]!];
                Assert.True(unused >= MaxIdle, $"At {world.Now}: {drop.Text} It was used {unused} ago.");
                Assert.True(world.Now - _outSince < TimeSpan.FromSeconds(2), $"At {world.Now}, out since {_outSince}: {drop.Text}");
            }
        }
    }
}
