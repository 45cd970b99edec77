using Rx.Kafka.Outcomes;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>L16, L22, L29 to L32, L36, L37 at one sink: what observers see, whoever comes, goes, throws or calls back meanwhile.</summary>
public sealed class SinkGrammarTests
{
    [Fact]
    [Law("L16", "L22", "L29", "L30", "L31", "L32", "L34", "L36", "L37")]
    public void Every_observer_sees_its_records_in_order_and_then_the_end() => Law.Check("L29-L32 L36 L37", Steps.Of(kinds: 8, most: 120), program =>
    {
        var world = new SinkWorld(program.Length);
        var watches = new List<Watch>();
        Exception? end = null;
        var ends = false;
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                    watches.Add(Subscribe(world, step.A % 5, step.B % 7, watches));
                    break;
                case 1 when watches.Count > 0:
                    var going = watches[step.A % watches.Count];
                    going.GoneBefore = Math.Min(going.GoneBefore, world.Accepted);
                    going.Observer.Go();
                    break;
                case 2:
                case 3:
                    world.Accept(1 + (step.A % 40));
                    break;
                case 4:
                    world.DecideOne();
                    break;
                case 5 when step.B % 16 == 0 && !ends:
                    ends = true;
                    end = step.A % 2 == 0 ? null : new InvalidOperationException("The source failed.");
                    Assert.True(world.Sink.Terminate(end));
                    Assert.False(world.Sink.Terminate(new InvalidOperationException("Too late.")));
                    break;
                default:
                    world.Pumped.RunOne();
                    break;
            }
        }

        world.Settle();
        Assert.Equal(ends, world.Sink.Completion.IsCompleted);
        if (!ends)
        {
            world.Sink.Terminate(null);
            world.Settle();
        }

        var threw = watches.Exists(static watch => watch.ThrewAt >= 0);
        var completion = world.Sink.Completion.Exception?.InnerException;
        Assert.True(end is null && threw ? completion is ObserverException : Equals(completion, end));
        Assert.False(world.Accept(1));
        Assert.False(world.Sink.Window.IsFull, "outcomes are left unobserved");

        // L31: who comes after the end gets just the end.
        var late = new CheckingObserver<RecordMetadata>();
        world.Sink.Acks.Subscribe(late);
        watches.Add(new Watch(late, world.Accepted, throwsAt: int.MaxValue));
        watches.ForEach(watch => watch.Check(world.Accepted, end));
        Assert.Equal(SinkInterest.None, world.Sink.Interest);
    });

    // L40: an outcome is owed for whatever was entered before the end; nothing is entered after it.
    [Fact]
    [Law("L40")]
    public void The_end_comes_after_everything_that_was_accepted()
    {
        var world = new SinkWorld(1);
        Assert.True(world.Accept(3));
        world.Sink.Terminate(null);
        Assert.True(world.Accept(2));
        world.DecideOne();
        world.Pumped.RunUntilIdle();
        Assert.False(world.Sink.Completion.IsCompleted);
        world.DecideOne();
        world.Pumped.RunUntilIdle();
        Assert.True(world.Sink.Completion.IsCompletedSuccessfully);
        Assert.False(world.Accept(1));
    }

    private static Watch Subscribe(SinkWorld world, int kind, int number, List<Watch> watches)
    {
        Watch? watch = null;
        var observer = new CheckingObserver<RecordMetadata>(_ =>
        {
            if (watch!.Observer.Values.Count != number + 1)
            {
                return;
            }

            switch (kind)
            {
                case 1:
                    watch.ThrewAt = number;
                    throw new ObserverException();
                case 2:
                    // L30: within its own OnNext.
                    watch.GoneBefore = -1;
                    watch.Observer.Go();
                    break;
                case 3:
                    // L34: from within.
                    world.Accept(2);
                    break;
                case 4:
                    watches.Add(Subscribe(world, 0, 0, watches));
                    break;
            }
        });
        watch = new Watch(observer, world.Accepted, throwsAt: kind == 1 ? number : int.MaxValue);
        observer.Subscription = world.Sink.Acks.Subscribe(observer);
        return watch;
    }

    /// <summary>An observer and what it must have seen.</summary>
    private sealed class Watch(CheckingObserver<RecordMetadata> observer, int acceptedBefore, int throwsAt)
    {
        public CheckingObserver<RecordMetadata> Observer { get; } = observer;

        /// <summary>It left when so many were accepted; −1 = by itself.</summary>
        public int GoneBefore { get; set; } = int.MaxValue;

        public int ThrewAt { get; set; } = -1;

        public void Check(int accepted, Exception? end)
        {
            Assert.Null(Observer.Fault);
            var seen = Observer.Values.Select(static v => (int)v.Offset).ToArray();

            // Ascending; earlier ones may come, but those accepted after Subscribe must, one after the other.
            Assert.All(seen.Zip(seen.Skip(1)), static pair => Assert.True(pair.First < pair.Second));
            var promised = seen.Where(offset => offset >= acceptedBefore).ToArray();
            Assert.Equal(Enumerable.Range(acceptedBefore, promised.Length), promised);
            if (ThrewAt >= 0)
            {
                Assert.Equal(throwsAt + 1, seen.Length);
                Assert.False(Observer.HasCompleted || Observer.Error is not null);
            }
            else if (Observer.HasGone)
            {
                Assert.True(GoneBefore < int.MaxValue || Observer.HasCompleted || Observer.Error is not null);
            }
            else
            {
                Assert.Equal(accepted - acceptedBefore, promised.Length);
                Assert.Equal((end is null, end), (Observer.HasCompleted, Observer.Error));
            }
        }
    }

    private sealed class ObserverException() : Exception("An observer that throws.");
}
