using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>ReadAllAsync (design 4.8): bounded, in order, the error last; a full reader stops its sink's dispatcher without a thread, and lets it go on when it reads or leaves.</summary>
[Collection(Alone.Name)]
public sealed class AsyncReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A source behind other operators blocks in OnNext: it must not stay there when the reader leaves.
    [Fact]
    public void A_reader_that_leaves_lets_its_source_go_on()
    {
        IObserver<int>? observer = null;
        AsyncReader<int>? reader = null;
        new Race
        {
            Prepare = () => reader = new AsyncReader<int>(new HandSource(to => observer = to), 1, BoundedChannelFullMode.Wait, default, default),
            First = () =>
            {
                observer!.OnNext(1);
                observer.OnNext(2);
            },
            Second = () => _ = reader!.DisposeAsync(),
        }.Run(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_reader_gets_everything_in_order_and_holds_no_more_than_its_capacity() => Law.Check("reader", Steps.Of(kinds: 7, most: 100, limit: 40), program =>
    {
        var world = new SinkWorld(program.Length, window: 0);
        var capacity = 1 + (program[0].A % 5);
        var other = new CheckingObserver<RecordMetadata>();
        world.Sink.Acks.Subscribe(other);
        var reader = (AsyncReader<RecordMetadata>)world.Sink.Acks.ReadAllAsync(capacity).GetAsyncEnumerator();
        var read = new List<int>();
        Task<bool>? pending = null;
        var isGone = false;
        Exception? end = null;
        var ends = false;
        var isOver = false;
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                case 1:
                    world.Accept(1 + step.A);
                    break;
                case 2:
                    world.DecideOne();
                    break;
                case 3 when !isGone:
                    pending ??= Move();
                    Take();
                    break;
                case 4 when step.B == 0 && pending is null && !isGone:
                    isGone = true;
                    Assert.True(reader.DisposeAsync().IsCompleted);
                    break;
                case 5 when step.B < 3 && !ends:
                    ends = true;
                    end = step.A % 2 == 0 ? null : new InvalidOperationException("The source failed.");
                    world.Sink.Terminate(end);
                    break;
                default:
                    world.Pumped.RunOne();
                    Take();
                    break;
            }

            Assert.True(isGone || other.Values.Count <= read.Count + capacity + 1, $"{other.Values.Count} were told, {read.Count} read, and the capacity is {capacity}");
        }

        // The rest: the reader reads on, or has gone and holds up nobody.
        if (!ends)
        {
            world.Sink.Terminate(null);
        }

        isOver = true;
        Exception? thrown = null;
        var completed = isGone;
        for (world.Settle(); !completed && thrown is null; world.Settle())
        {
            try
            {
                pending ??= Move();
                world.Settle();
                Assert.True(pending.IsCompleted, "the reader waits, and nothing comes");
                completed = !Take();
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
            }
        }

        Assert.Null(other.Fault);
        Assert.Equal(Enumerable.Range(0, world.Accepted), other.Values.Select(static v => (int)v.Offset));
        Assert.Equal(Enumerable.Range(0, isGone ? read.Count : world.Accepted), read);
        Assert.Equal(isGone ? null : end, thrown);
        Assert.True(world.Sink.Completion.IsCompleted);
        Assert.False(world.Sink.Window.IsFull);
        Assert.Equal(0, world.Pumped.StepsOffThread);

        // On the scheduler, as a reader inside a simulation.
        Task<bool> Move() => Task.Factory.StartNew(() => reader.MoveNextAsync().AsTask(), CancellationToken.None, TaskCreationOptions.DenyChildAttach, world.Pumped).Unwrap();

        bool Take()
        {
            if (pending is not { IsCompleted: true } done)
            {
                return true;
            }

            if (done.IsFaulted && !isOver)
            {
                return true;
            }

            pending = null;

            var more = done.GetAwaiter().GetResult();
            if (more)
            {
                read.Add((int)reader.Current.Offset);
            }

            return more;
        }
    });

    [Fact]
    public async Task Cancelling_ends_the_wait_and_leaving_lets_the_others_go_on()
    {
        var world = new SinkWorld(1);
        using var cancel = new CancellationTokenSource();
        var other = new CheckingObserver<RecordMetadata>();
        world.Sink.Acks.Subscribe(other);
        var reader = world.Sink.Acks.ReadAllAsync(capacity: 2, cancellationToken: cancel.Token).GetAsyncEnumerator();
        var waiting = reader.MoveNextAsync();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting.AsTask().WaitAsync(Patience));
        world.Accept(10);
        world.Settle();
        Assert.Equal(2, other.Values.Count);

        // Elements are left; the cancelled reader says so all the same.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.MoveNextAsync());
        await reader.DisposeAsync();
        world.Settle();
        Assert.Equal(10, other.Values.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_token_of_the_call_and_that_of_the_enumeration_both_end_the_wait(bool byTheCall)
    {
        var world = new SinkWorld(1);
        using var ofCall = new CancellationTokenSource();
        using var ofEnumeration = new CancellationTokenSource();
        await using var reader = world.Sink.Acks.ReadAllAsync(cancellationToken: ofCall.Token).WithCancellation(ofEnumeration.Token).GetAsyncEnumerator();
        var waiting = reader.MoveNextAsync();
        (byTheCall ? ofCall : ofEnumeration).Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(async () => await waiting).WaitAsync(Patience));
    }

    // A tap that may miss some never holds up anybody.
    [Theory]
    [InlineData(BoundedChannelFullMode.DropNewest, new[] { 0, 1, 9 })]
    [InlineData(BoundedChannelFullMode.DropOldest, new[] { 7, 8, 9 })]
    [InlineData(BoundedChannelFullMode.DropWrite, new[] { 0, 1, 2 })]
    public async Task A_tap_drops_what_it_has_no_room_for(BoundedChannelFullMode mode, int[] expected)
    {
        var world = new SinkWorld(1);
        var seen = new List<int>();
        await using var reader = world.Sink.Acks.ReadAllAsync(3, mode).GetAsyncEnumerator();
        world.Accept(10);
        world.Settle();
        world.Sink.Terminate(null);
        world.Settle();
        while (await reader.MoveNextAsync())
        {
            seen.Add((int)reader.Current.Offset);
        }

        Assert.Equal(expected, seen);
    }

    // Behind other operators the source's thread waits: nothing is lost, and no more than the capacity is kept.
    [Fact]
    public async Task Behind_an_operator_the_source_waits()
    {
        const int Count = 20_000;
        using var subject = new Subject<int>();
        await using var reader = subject.Select(static n => n).ReadAllAsync(capacity: 3).GetAsyncEnumerator();
        var pushed = 0;
        var source = new Thread(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                subject.OnNext(i);
                Volatile.Write(ref pushed, i + 1);
            }

            subject.OnError(new InvalidOperationException("The source failed."));
        });
        source.Start();
        for (var i = 0; i < Count; i++)
        {
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
            Assert.Equal(i, reader.Current);
            Assert.InRange(Volatile.Read(ref pushed), 0, i + 1 + 3 + 1);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.MoveNextAsync());
        Assert.True(source.Join(Patience));
    }

    // Leaving the loop releases a source that waits.
    [Fact]
    public async Task Leaving_releases_the_source()
    {
        using var subject = new Subject<int>();
        var source = new Thread(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                subject.OnNext(i);
            }
        });
        await foreach (var n in Pushed())
        {
            if (n == 10)
            {
                break;
            }
        }

        Assert.True(source.Join(Patience));

        async IAsyncEnumerable<int> Pushed()
        {
            await using var reader = subject.Select(static n => n).ReadAllAsync(capacity: 2).GetAsyncEnumerator();
            source.Start();
            while (await reader.MoveNextAsync())
            {
                yield return reader.Current;
            }
        }
    }

    private sealed class HandSource(Action<IObserver<int>> subscribe) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            subscribe(observer);
            return System.Reactive.Disposables.Disposable.Empty;
        }
    }
}
