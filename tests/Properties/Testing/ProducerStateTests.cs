using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Properties.Testing;

/// <summary>The brokers' idempotence against a plain model that keeps everything ever appended (protocol.md section 6.1, S-rules of the sequence).</summary>
public class ProducerStateTests
{
    private enum Kind
    {
        Send,
        StopAndRestart,
        MoveLeader,
        Forget,
    }

    [Fact]
    public void Every_batch_is_judged_as_the_model_judges_it() =>
        Law.Check("broker sequence rules", Arb.From(Steps().ArrayOf(), Shrinks), Run, 1000);

    [Fact]
    public void Sequences_go_on_at_zero_behind_the_largest()
    {
        var (cluster, log) = Partition();
        Assert.Equal((0, 0L), Send(cluster, log, 7, 0, int.MaxValue - 1, 2));
        Assert.Equal((0, 2L), Send(cluster, log, 7, 0, 0, 1));
        Assert.Equal((0, 0L), Send(cluster, log, 7, 0, int.MaxValue - 1, 2));
    }

    [Fact]
    public void A_batch_across_the_largest_sequence_is_found_again()
    {
        var (cluster, log) = Partition();
        Assert.Equal((0, 0L), Send(cluster, log, 7, 0, int.MaxValue, 3));
        Assert.Equal((0, 0L), Send(cluster, log, 7, 0, int.MaxValue, 3));
        Assert.Equal((0, 3L), Send(cluster, log, 7, 0, 2, 1));
    }

    [Fact]
    public void The_fifth_last_batch_is_remembered_and_the_sixth_last_is_not()
    {
        var (cluster, log) = Partition();
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal((0, (long)i), Send(cluster, log, 7, 0, i, 1));
        }

        Assert.Equal((0, 1L), Send(cluster, log, 7, 0, 1, 1));
        Assert.Equal((45, -1L), Send(cluster, log, 7, 0, 0, 1));
    }

    [Fact]
    public void After_a_restart_five_sent_again_are_answered_45_45_45_45_0()
    {
        var (cluster, log) = Partition();
        for (var i = 0; i < 5; i++)
        {
            Send(cluster, log, 7, 0, i, 1);
        }

        log.Stopped(1);
        Assert.Equal([45, 45, 45, 45, 0], Enumerable.Range(0, 5).Select(i => Send(cluster, log, 7, 0, i, 1).Error));
    }

    [Fact]
    public void Too_large_is_said_even_of_a_duplicate()
    {
        var (cluster, log) = Partition();
        var batch = RawBatch.Make(1, 7, 0, 0, valueBytes: 500);
        Assert.Equal(0, log.Append(1, batch, 9, DateTimeOffset.UnixEpoch, cluster).Error);
        var smaller = new Cluster(1, new EmbeddedKafkaOptions { MaxMessageBytes = 100 }, TimeProvider.System, new Random(1));
        Assert.Equal(10, log.Append(1, batch, 9, DateTimeOffset.UnixEpoch, smaller).Error);
    }

    [Fact]
    public void A_duplicate_is_answered_with_the_batchs_own_largest_timestamp_as_append_time()
    {
        var (cluster, log) = Partition();
        var batch = RawBatch.Make(3, 7, 0, 0, timestamp: 5000);
        Assert.Equal(-1, log.Append(1, batch, 9, DateTimeOffset.UnixEpoch, cluster).LogAppendTimeMs);
        Assert.Equal(5002, log.Append(1, batch, 9, DateTimeOffset.UnixEpoch, cluster).LogAppendTimeMs);
        Assert.Equal(1, cluster.Counters.Duplicates);
    }

    private static void Run(Step[] steps)
    {
        var (cluster, log) = Partition();
        var model = new Model();
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case Kind.StopAndRestart:
                    log.Stopped(log.Leader);
                    model.Stopped(log.Leader);
                    break;
                case Kind.MoveLeader:
                    log.MoveTo(3 - log.Leader);
                    break;
                case Kind.Forget:
                    log.ForgetProducers();
                    model.Forget();
                    break;
                default:
                    var first = step.Exact ? step.Sequence : model.Near(step.Producer, step.Sequence);
                    Assert.Equal(model.Send(log.Leader, step.Producer, step.Epoch, first, step.Count), Send(cluster, log, step.Producer, step.Epoch, first, step.Count));
                    break;
            }
        }
    }

    private static (int Error, long Offset) Send(Cluster cluster, PartitionLog log, long producer, short epoch, int sequence, int count)
    {
        var result = log.Append(log.Leader, RawBatch.Make(count, producer, epoch, sequence), 9, DateTimeOffset.UnixEpoch, cluster);
        return (result.Error, result.BaseOffset);
    }

    private static (Cluster Cluster, PartitionLog Log) Partition()
    {
        var cluster = new Cluster(2, new EmbeddedKafkaOptions(), TimeProvider.System, new Random(1));
        return (cluster, cluster.Create("t", new TopicOptions())!.Partition(0)!);
    }

    private static IEnumerable<Step[]> Shrinks(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => steps.Where((_, at) => at != i).ToArray());

    private static Gen<Step> Steps() =>
        from kind in Gen.Frequency((20, Gen.Constant(Kind.Send)), (1, Gen.Constant(Kind.StopAndRestart)), (1, Gen.Constant(Kind.MoveLeader)), (1, Gen.Constant(Kind.Forget)))
        from producer in Gen.Choose(1, 2)
        from epoch in Gen.Frequency((10, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)))
        from exact in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from sequence in exact ? Gen.Elements(0, 1, 5, int.MaxValue - 1, int.MaxValue) : Gen.Frequency((10, Gen.Constant(0)), (4, Gen.Choose(-12, 2)))
        from count in Gen.Choose(1, 3)
        select new Step(kind, producer, (short)epoch, exact, sequence, count);

    /// <summary>One thing that happens; a sequence is exact, or counted from what the producer would send next.</summary>
    private sealed record Step(Kind Kind, long Producer, short Epoch, bool Exact, int Sequence, int Count);

    /// <summary>Keeps every batch for ever and looks through all of them.</summary>
    private sealed class Model
    {
        private readonly List<(long Producer, short Epoch, long First, long Last, long Offset, bool Forgotten)> _all = [];
        private readonly Dictionary<int, long> _stopped = [];
        private long _next;

        public void Stopped(int broker) => _stopped[broker] = _next;

        public void Forget() => _all.RemoveAll(_ => true);

        public int Near(long producer, int distance)
        {
            var known = _all.FindLastIndex(b => b.Producer == producer);
            var next = known < 0 ? 0 : (_all[known].Last + 1) % (1L << 31);
            return (int)((next + distance + (1L << 31)) % (1L << 31));
        }

        public (int Error, long Offset) Send(int broker, long producer, short epoch, int first, int count)
        {
            var last = ((long)first + count - 1) % (1L << 31);
            var mine = _all.Where(b => b.Producer == producer).ToList();
            if (mine.Count > 0)
            {
                var newest = mine[^1].Epoch;
                var ofEpoch = mine.Where(b => b.Epoch == newest).TakeLast(5).ToList();
                var stop = _stopped.GetValueOrDefault(broker);
                var since = ofEpoch.Where(b => b.Offset >= stop).ToList();
                var atStop = ofEpoch.Where(b => b.Offset < stop).TakeLast(1);
                var known = atStop.Concat(since);
                if (epoch == newest && known.FirstOrDefault(b => b.First == first && b.Last == last) is { Producer: > 0 } found)
                {
                    return (0, found.Offset);
                }

                if (epoch < newest)
                {
                    return (47, -1);
                }

                if (epoch > newest ? first != 0 : first != (mine[^1].Last + 1) % (1L << 31))
                {
                    return (45, -1);
                }
            }

            var offset = _next;
            _next += count;
            _all.Add((producer, epoch, first, last, offset, false));
            return (0, offset);
        }
    }
}
