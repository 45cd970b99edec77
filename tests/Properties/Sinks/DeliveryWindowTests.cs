using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Sinks;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>D11, L33, L34: who may go on while outcomes are decided but unobserved.</summary>
[Collection(Alone.Name)]
public sealed class DeliveryWindowTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    [Law("L33")]
    public void It_is_full_while_more_is_unobserved_than_allowed() => Law.Check("window", Steps.Of(kinds: 2, limit: 20), program =>
    {
        var window = NewWindow(10);
        var unobserved = 0;
        foreach (var step in program)
        {
            if (step.Kind == 0)
            {
                window.Decided(step.A);
                unobserved += step.A;
            }
            else
            {
                var observed = Math.Min(step.A, unobserved);
                window.Observed(observed);
                unobserved -= observed;
            }

            Assert.Equal(unobserved > 10, window.IsFull);
        }
    });

    // Threads that wait go on when there is room, each time, and at the end all at once.
    [Fact]
    public void Nobody_sleeps_through_an_opening()
    {
        var window = NewWindow(5);
        var passed = 0;
        var sources = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                Assert.Null(window.Wait());
                window.Passed();
                window.Decided(1);
                Interlocked.Increment(ref passed);
            }
        })).ToArray();
        Array.ForEach(sources, static thread => thread.Start());
        var observed = 0;
        var started = TimeProvider.System.GetTimestamp();
        while (observed < 20_000)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"stuck after {observed}");
            if (Volatile.Read(ref passed) > observed)
            {
                // A few may pass together before they are counted: one each.
                Assert.InRange(Volatile.Read(ref passed) - observed, 0, 5 + 1 + sources.Length);
                window.Observed(1);
                observed++;
            }
            else
            {
                // On a machine with fewer free cores than threads, looking again would keep the sources from running.
                Thread.Yield();
            }
        }

        Array.ForEach(sources, static thread => Assert.True(thread.Join(Patience)));
    }

    private static DeliveryWindow NewWindow(int maximum) => new(new SinkWorld(seed: 1, maximum, new ProducerRuntime(), Patience).Context);

    [Fact]
    public void Closing_lets_everybody_through()
    {
        var window = NewWindow(0);
        window.Decided(1);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(Pass)).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        _ = window.Close();
        Array.ForEach(threads, static thread => Assert.True(thread.Join(Patience)));
        Pass();

        void Pass()
        {
            Assert.Null(window.Wait());
            window.Passed();
        }
    }

    // L34: observers that send again, through their own sink and each other's, with the smallest window: everything ends. A thread that tells outcomes never waits for them.
    [Fact]
    [Law("L34")]
    public void Faces_that_feed_each_other_come_to_an_end() => Law.Seeds("L34", seed =>
    {
        using var simulation = new Simulation(seed);
        var random = new Random(seed);
        SinkWorld[] sinks = [New(), New()];
        var budget = 60;
        var observers = new CheckingObserver<RecordMetadata>[2];
        for (var i = 0; i < 2; i++)
        {
            var self = sinks[i];
            var other = sinks[1 - i];
            observers[i] = new CheckingObserver<RecordMetadata>(_ =>
            {
                for (var n = random.Next(3); n > 0 && budget > 0; n--)
                {
                    budget--;
                    Push(random.Next(2) == 0 ? self : other);
                }
            });
            self.Sink.Acks.Subscribe(observers[i]);
        }

        simulation.Run(async () =>
        {
            var stop = false;
            var brokers = sinks.Select(sink => BrokerAsync(sink, () => stop)).ToArray();
            for (var i = 0; i < 20; i++)
            {
                Push(sinks[i % 2]);
            }

            while (sinks.Any(sink => observers[Array.IndexOf(sinks, sink)].Values.Count < sink.Accepted))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), simulation.Time);
            }

            stop = true;
            foreach (var (sink, broker) in sinks.Zip(brokers))
            {
                await broker;
                sink.Sink.Terminate(null);
                await sink.Sink.Completion;
            }
        });
        Assert.All(observers, static observer => Assert.Null(observer.Fault));
        Assert.All(observers, static observer => Assert.True(observer.HasCompleted));

        SinkWorld New() => new(seed, window: 1, simulation.Runtime);

        // What OnNext does before it offers the record.
        void Push(SinkWorld to)
        {
            if (to.Sink.Window.IsFull && DispatcherContext.Current is null)
            {
                Assert.Null(to.Sink.Window.Wait());
                to.Sink.Window.Passed();
            }

            Assert.True(to.Accept(1));
        }

        async Task BrokerAsync(SinkWorld sink, Func<bool> stops)
        {
            while (!stops())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 4)), simulation.Time);
                sink.DecideOne();
            }
        }
    }, maxTest: 30);
}
