using System.Threading.Tasks.Sources;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>The awaitable of a batch (design 4.8): each await has its own result once, and a stale token touches nobody else's.</summary>
public sealed class SharedCompletionTests
{
    // Registration, outcome and consumption in any order, over many lives of the same shared completions; after each life all its tokens are tried again.
    [Fact]
    public void Each_await_has_its_result_once_and_stale_tokens_are_refused() => Law.Check("shared", Steps.Of(kinds: 5, most: 200, limit: 32), program =>
    {
        var scheduler = new PumpedScheduler(program.Length);
        var pool = new SharedCompletionPool(new ContinuationQueue(scheduler), bufferMemory: 1 << 20);
        var stale = new List<(SharedCompletion SharedCompletion, short Token)>();
        var shared = pool.Rent();
        var lives = new Life(shared);
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                    lives.Add(shared, timeDelta: step.B);
                    break;
                case 1:
                    lives.Register(step.A);
                    break;
                case 2 when step.B < 8:
                    lives.Decide(step.A % 2 == 0);
                    break;
                case 3:
                    lives.Consume(step.A);
                    break;
                default:
                    scheduler.RunOne();
                    break;
            }

            foreach (var (old, token) in stale)
            {
                Assert.Throws<InvalidOperationException>(() => old.GetStatus(token));
                Assert.Throws<InvalidOperationException>(() => old.GetResult(token));
            }

            if (lives.IsOver)
            {
                scheduler.RunUntilIdle();
                lives.CheckContinuations();
                stale.AddRange(lives.Tokens.Select(token => (shared, token)));

                // The pool gives the same one again.
                var next = pool.Rent();
                Assert.Same(shared, next);
                lives = new Life(shared);
            }
        }

        lives.Decide(succeeds: true);
        lives.ConsumeAll(scheduler);
        lives.CheckContinuations();
    });

    // A stale await cannot succeed even when the version has gone round: such a shared completion is not used again.
    [Fact]
    public void A_version_that_goes_round_is_not_used_again()
    {
        var pool = new SharedCompletionPool(new ContinuationQueue(new PumpedScheduler(1)), bufferMemory: 1 << 20);
        var shared = pool.Rent();
        var tokens = new HashSet<short>();
        for (var life = 0; life < 2048; life++)
        {
            Assert.True(tokens.Add(shared.Add(0, 0)), $"a token came twice, in life {life}");
            shared.Decide(Outcome(error: null));
            shared.GetResult(tokens.Last());
            var next = pool.Rent();
            Assert.Equal(life < 2047, ReferenceEquals(next, shared));
        }
    }

    [Fact]
    public void A_shared_completion_serves_32_records_that_are_not_too_far_apart()
    {
        var shared = new SharedCompletionPool(new ContinuationQueue(new PumpedScheduler(1)), bufferMemory: 1 << 20).Rent();
        Assert.True(shared.HasRoom(1_000_000));
        shared.Add(1_000_000, 0);
        Assert.True(shared.HasRoom(1_065_535));
        Assert.False(shared.HasRoom(1_065_536));
        var last = shared.Add(1_065_535, 7);
        for (var i = 2; i < 32; i++)
        {
            Assert.True(shared.HasRoom(1_000_000 + i));
            shared.Add(1_000_000 + i, 0);
        }

        Assert.False(shared.HasRoom(1_000_032));
        shared.Decide(Outcome(error: null));
        Assert.Equal(1_065_535, shared.GetResult(last).Offset);
    }

    // A result is asked for too early: it faults, and the await is as it was.
    [Fact]
    public void An_early_question_changes_nothing()
    {
        var shared = new SharedCompletionPool(new ContinuationQueue(new PumpedScheduler(1)), bufferMemory: 1 << 20).Rent();
        var token = shared.Add(0, 0);
        Assert.Throws<InvalidOperationException>(() => shared.GetResult(token));
        Assert.Equal(ValueTaskSourceStatus.Pending, shared.GetStatus(token));
        shared.Decide(Outcome(error: null));
        Assert.Equal(ValueTaskSourceStatus.Succeeded, shared.GetStatus(token));
        Assert.Equal(0, shared.GetResult(token).Offset);
    }

    private static BatchOutcome Outcome(ProduceError? error) => new("t", 0, 1000, new OutcomeRange(0, error is null ? 0 : -1, error));

    /// <summary>One life of a shared completion, from the pool to the pool.</summary>
    private sealed class Life(SharedCompletion shared)
    {
        private readonly List<Await> _awaits = [];
        private bool _isDecided;
        private bool _succeeds;

        public bool IsOver => _isDecided && _awaits.TrueForAll(static a => a.IsConsumed);

        public IEnumerable<short> Tokens => _awaits.Select(static a => a.Token);

        public void Add(SharedCompletion to, int timeDelta)
        {
            if (!_isDecided && to.HasRoom(_awaits.Count))
            {
                _awaits.Add(new Await(to.Add(_awaits.Count, timeDelta), timeDelta));
            }
        }

        public void Register(int index)
        {
            if (_awaits.Count > 0 && _awaits[index % _awaits.Count] is { IsConsumed: false } await)
            {
                // A second registration of the same await is run too, and faults in GetResult: never here.
                await.Registered++;
                shared.OnCompleted(static a => ((Await)a!).Ran++, await, await.Token, ValueTaskSourceOnCompletedFlags.None);
            }
        }

        public void Decide(bool succeeds)
        {
            if (!_isDecided)
            {
                _isDecided = true;
                _succeeds = succeeds;
                shared.Decide(Outcome(succeeds ? null : new ProduceError(ProduceErrorCode.Broker, "no")));
            }
        }

        public void Consume(int index)
        {
            if (_awaits.Count == 0 || _awaits[index % _awaits.Count] is not { IsConsumed: false } await)
            {
                return;
            }

            if (!_isDecided)
            {
                Assert.Throws<InvalidOperationException>(() => shared.GetResult(await.Token));
                return;
            }

            Assert.Equal(_succeeds ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted, shared.GetStatus(await.Token));
            await.IsConsumed = true;
            if (_succeeds)
            {
                Assert.Equal(new RecordMetadata("t", 0, _awaits.IndexOf(await), DateTimeOffset.FromUnixTimeMilliseconds(1000 + await.TimeDelta)), shared.GetResult(await.Token));
            }
            else
            {
                Assert.Equal("no", Assert.Throws<KafkaProduceException>(() => shared.GetResult(await.Token)).Message);
            }
        }

        public void ConsumeAll(PumpedScheduler scheduler)
        {
            scheduler.RunUntilIdle();
            for (var i = 0; i < _awaits.Count; i++)
            {
                Consume(i);
            }
        }

        public void CheckContinuations() => Assert.All(_awaits, static a => Assert.Equal(a.Registered, a.Ran));
    }

    private sealed class Await(short token, int timeDelta)
    {
        public short Token { get; } = token;

        public int TimeDelta { get; } = timeDelta;

        public int Registered { get; set; }

        public int Ran { get; set; }

        public bool IsConsumed { get; set; }
    }
}
