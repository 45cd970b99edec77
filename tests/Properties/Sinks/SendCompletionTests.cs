using System.Runtime.CompilerServices;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>L14, L18, L19, L22 of awaits that stand in line or can be cancelled: each ends once, in the way its record did; a cancelled one that was not accepted is not in the log.</summary>
public sealed class SendCompletionTests
{
    // PB9
    [Fact]
    [Law("L14", "L18", "L19", "L22")]
    public void Each_await_ends_once_as_its_record_did() => Law.Check("L18 L22", Steps.Of(kinds: 9, most: 120, limit: 2000), program =>
    {
        using var world = new BatchingWorld(batchSize: 1024, memory: 30_000, maxBlock: TimeSpan.FromMilliseconds(50), seed: program.Length);
        var channel = world.NewChannel(world.NewOwner());
        var admission = new HandAdmission(world, channel);
        var pool = new SendCompletionPool(admission);
        var sends = new List<Send>();
        var offset = 0L;
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                case 1:
                case 2:
                    var send = new Send(sends.Count);
                    sends.Add(send);
                    var record = BatchingWorld.Numbered(send.Number, step.A);
                    if (step.Kind == 2)
                    {
                        send.Enqueued = new EnqueueCompletion().EnqueueAsync(admission, record, interceptors: null, send.Token).AsTask();
                    }
                    else
                    {
                        send.Await(pool.Rent().SendAsync(record, step.Kind == 0 ? CancellationToken.None : send.Token), asTask: step.B % 2 == 0);
                    }

                    break;
                case 3 when sends.Count > 0:
                    sends[^(1 + (step.A % Math.Min(4, sends.Count)))].Cancel();
                    break;
                case 4:
                    Answer(step.B % 4 == 0 ? new ProduceError(ProduceErrorCode.Broker, "refused") : null);
                    break;
                case 5:
                    world.Advance(TimeSpan.FromMilliseconds(step.A % 20));
                    break;
                case 6 when sends.Count > 0:
                    sends[^(1 + (step.A % Math.Min(4, sends.Count)))].TryConsume();
                    break;
                case 7 when sends.Count > 0:
                    sends[^(1 + (step.A % Math.Min(4, sends.Count)))].ConsumeAgain();
                    break;
                default:
                    world.Pumped.RunOne();
                    break;
            }
        }

        for (var i = 0; i < 60; i++)
        {
            Answer(null);
            world.Advance(TimeSpan.FromMilliseconds(7));
        }

        Assert.All(sends, static send => Assert.True(send.TryConsume(), $"await {send.Number} never ended"));
        sends.ForEach(static send => send.Check());
        Assert.Equal(0, world.Memory.Used);
        Assert.True(world.Flushes.Flush().IsCompleted);
        Assert.Equal(0, world.Pumped.StepsOffThread);

        void Answer(ProduceError? error)
        {
            while (channel.Reader.TryRead(out var batch))
            {
                var numbers = BatchingWorld.NumbersIn(batch);
                BatchingWorld.Decide(batch, offset, error);
                foreach (var number in numbers)
                {
                    sends[number].Decided(error is null ? offset++ : -1);
                }
            }
        }
    });

    // A token may live as long as the application: what is sent and forgotten under it must not.
    [Fact]
    [Law("L14")]
    public void A_send_that_nobody_reads_is_let_go_with_its_outcome()
    {
        using var world = new BatchingWorld(batchSize: 1024, memory: 30_000, maxBlock: TimeSpan.FromMilliseconds(50));
        var channel = world.NewChannel(world.NewOwner());
        var admission = new HandAdmission(world, channel);
        var pool = new SendCompletionPool(admission);
        using var stopping = new CancellationTokenSource();
        var forgotten = new List<WeakReference>();
        for (var number = 0; number < 10_000; number++)
        {
            var record = BatchingWorld.Numbered(number, 100);
            forgotten.Add(number % 3 == 0 ? EnqueueAndForget(admission, record, stopping.Token) : SendAndForget(pool, record, stopping.Token));
        }

        var flush = world.Flushes.Flush();
        for (var round = 0; !flush.IsCompleted && round < 1000; round++)
        {
            var error = round % 2 == 0 ? null : new ProduceError(ProduceErrorCode.Broker, "refused");
            while (channel.Reader.TryRead(out var batch))
            {
                BatchingWorld.Decide(batch, 0, error);
            }

            world.Advance(TimeSpan.FromMilliseconds(7));
        }

        Assert.True(flush.IsCompleted);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(forgotten.Count(static send => send.IsAlive), 0, 10);
        GC.KeepAlive(stopping);
    }

    // The outcome comes while the token's callback runs, or the other way round: the object serves again only after both.
    [Fact]
    [Law("L14")]
    public void A_cancel_that_meets_the_outcome_leaves_the_next_send_alone()
    {
        using var world = new BatchingWorld();
        var channel = world.NewChannel(world.NewOwner());
        var pool = new SendCompletionPool(new HandAdmission(world, channel));
        for (var i = 0; i < 100; i++)
        {
            using var cancel = new CancellationTokenSource();
            var send = pool.Rent().SendAsync(BatchingWorld.Numbered(i), cancel.Token);
            channel.CloseOpen(channel.Owner.Timeline.OldestOpen(), mayGrow: false);
            BatchingWorld.Decide(BatchingWorld.Take(channel), baseOffset: i);
            Assert.Equal(i, send.GetAwaiter().GetResult().Offset);
            var next = pool.Rent().SendAsync(BatchingWorld.Numbered(i), CancellationToken.None);
            cancel.Cancel();
            Assert.False(next.IsCompleted);
            channel.CloseOpen(channel.Owner.Timeline.OldestOpen(), mayGrow: false);
            BatchingWorld.Decide(BatchingWorld.Take(channel), baseOffset: i);
            Assert.Equal(i, next.GetAwaiter().GetResult().Offset);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SendAndForget(SendCompletionPool pool, Record record, CancellationToken token)
    {
        var completion = pool.Rent();
        _ = completion.SendAsync(record, token);
        return new WeakReference(completion);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference EnqueueAndForget(HandAdmission admission, Record record, CancellationToken token)
    {
        var completion = new EnqueueCompletion();
        _ = completion.EnqueueAsync(admission, record, interceptors: null, token);
        return new WeakReference(completion);
    }

    /// <summary>One await and the fate of its record.</summary>
    private sealed class Send(int number)
    {
        private readonly CancellationTokenSource _cancel = new();
        private ValueTask<RecordMetadata> _value;
        private Task<RecordMetadata>? _task;
        private bool _isConsumed;
        private bool _wasCancelled;
        private bool _wasInLog;
        private long _offset = -1;
        private object? _result;

        public int Number { get; } = number;

        public CancellationToken Token => _cancel.Token;

        public Task<Task<RecordMetadata>>? Enqueued { get; set; }

        public void Await(ValueTask<RecordMetadata> value, bool asTask)
        {
            _value = asTask ? default : value;
            _task = asTask ? value.AsTask() : null;
        }

        public void Cancel()
        {
            _wasCancelled = true;
            _cancel.Cancel();
        }

        public void Decided(long offset)
        {
            Assert.False(_wasInLog);
            _wasInLog = true;
            _offset = offset;
        }

        public bool TryConsume()
        {
            if (_isConsumed)
            {
                return true;
            }

            var acknowledged = _task ?? (Enqueued is { IsCompletedSuccessfully: true } accepted ? accepted.Result : null);
            if (!(Enqueued is { IsFaulted: true } or { IsCanceled: true } || (acknowledged?.IsCompleted ?? (Enqueued is null && _value.IsCompleted))))
            {
                return false;
            }

            _isConsumed = true;
            try
            {
                _result = Enqueued is { IsCompletedSuccessfully: false } refused
                    ? refused.GetAwaiter().GetResult()
                    : acknowledged is not null ? acknowledged.GetAwaiter().GetResult() : _value.GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                _result = e;
            }

            return true;
        }

        /// <summary>A second await of the same ValueTask is refused, whoever has its object now.</summary>
        public void ConsumeAgain()
        {
            if (_isConsumed && _task is null && Enqueued is null)
            {
                Assert.Throws<InvalidOperationException>(() => _value.GetAwaiter().GetResult());
            }
        }

        public void Check()
        {
            switch (_result)
            {
                case RecordMetadata metadata:
                    Assert.Equal(_offset, metadata.Offset);
                    break;
                case SendCanceledException cancelled:
                    // In line it was withdrawn for certain; else only the await ended. It says which.
                    Assert.True(_wasCancelled);
                    Assert.Equal(_wasInLog ? Persistence.PossiblyPersisted : Persistence.NotPersisted, cancelled.Persistence);
                    Assert.Equal(Token, cancelled.CancellationToken);
                    Assert.True(Enqueued is null || !_wasInLog);
                    break;
                case KafkaProduceException { Code: ProduceErrorCode.BufferFull }:
                    Assert.False(_wasInLog);
                    break;
                case KafkaProduceException failed:
                    Assert.Equal((ProduceErrorCode.Broker, true, -1L), (failed.Code, _wasInLog, _offset));
                    break;
                default:
                    Assert.Fail($"await {Number} ended with {_result}");
                    break;
            }
        }
    }
}
