using System.Threading.Tasks.Sources;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Where continuations run: on the scheduler, or where their await asked to be; never inline, each once.</summary>
public sealed class ContinuationQueueTests
{
    [Theory]
    [InlineData(ValueTaskSourceOnCompletedFlags.None)]
    [InlineData(ValueTaskSourceOnCompletedFlags.FlowExecutionContext)]
    [InlineData(ValueTaskSourceOnCompletedFlags.UseSchedulingContext)]
    [InlineData(ValueTaskSourceOnCompletedFlags.FlowExecutionContext | ValueTaskSourceOnCompletedFlags.UseSchedulingContext)]
    public void A_continuation_runs_once_on_the_scheduler(ValueTaskSourceOnCompletedFlags flags)
    {
        var scheduler = new PumpedScheduler(1);
        var queue = new ContinuationQueue(scheduler);
        var local = new AsyncLocal<string> { Value = "flows" };
        SynchronizationContext.SetSynchronizationContext(null);
        var runs = new List<string?>();
        var (continuation, state) = ContinuationQueue.Capture(s => runs.Add($"{s} {local.Value} {TaskScheduler.Current == scheduler}"), "state", flags);
        local.Value = "later";
        using (ExecutionContext.SuppressFlow())
        {
            queue.Queue(continuation, state);
        }

        Assert.Empty(runs);
        scheduler.RunUntilIdle();
        var flowed = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? "flows" : "later";
        Assert.Equal([$"state {flowed} True"], runs);
        Assert.Equal(0, scheduler.StepsOffThread);
    }

    [Fact]
    public void A_captured_context_is_posted_to()
    {
        var scheduler = new PumpedScheduler(1);
        var queue = new ContinuationQueue(scheduler);
        var context = new CountingContext();
        var runs = 0;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        var (continuation, state) = ContinuationQueue.Capture(_ => runs++, null, ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
        SynchronizationContext.SetSynchronizationContext(before);

        queue.Queue(continuation, state);
        Assert.Equal(0, context.Posted);
        scheduler.RunUntilIdle();
        Assert.Equal(1, context.Posted);
        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_captured_scheduler_runs_it()
    {
        var own = new PumpedScheduler(1);
        var other = new PumpedScheduler(2);
        var queue = new ContinuationQueue(own);
        TaskScheduler? ranOn = null;
        var captured = Task.Factory.StartNew(() => ContinuationQueue.Capture(_ => ranOn = TaskScheduler.Current, null, ValueTaskSourceOnCompletedFlags.UseSchedulingContext), CancellationToken.None, TaskCreationOptions.None, other);
        other.RunUntilIdle();
        queue.Queue(captured.Result.Continuation, captured.Result.State);
        own.RunUntilIdle();
        Assert.Null(ranOn);
        other.RunUntilIdle();
        Assert.Same(other, ranOn);
    }

    private sealed class CountingContext : SynchronizationContext
    {
        public int Posted { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posted++;
            d(state);
        }
    }
}
