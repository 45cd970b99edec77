using Rx.Kafka.Admission;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// How a producer gives records up and ends: purge, dispose (which first sends what was offered before it), and a fatal error.
/// </summary>
internal sealed partial class ProducerCore
{
    private static readonly TimeSpan ObserversMoment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastPushMoment = TimeSpan.FromSeconds(1);

    /// <summary>Gives up what is here now.</summary>
    /// <param name="reason">What the caller says of it; null and empty = nothing.</param>
    public Task PurgeAsync(string? reason)
    {
        var error = new ProduceError(
            ProduceErrorCode.Aborted, string.IsNullOrEmpty(reason) ? "Given up by PurgeAsync." : $"Given up by PurgeAsync: {reason}");
        var generation = _flushes.Current;
        Admission.EndLines(error);

        // Before the flush, which would send what is open and shall be given up.
        _router.GiveUp(generation, error);
        var flush = FlushAsync();

        // Who joined a line in between counts in the flush.
        Admission.EndLines(error);
        return flush;
    }

    /// <summary>Ends everything once, for whoever asks.</summary>
    public ValueTask DisposeAsync()
    {
        var calledByObserver = DispatcherContext.Current == Dispatching;
        var calledByInterceptor = Dispatching.Interceptors is { IsTelling: true };
        lock (_lock)
        {
            _disposal ??= Run(() => CloseAsync(calledByObserver, calledByInterceptor)).Unwrap();
            return new(_disposal);
        }
    }

    private async Task CloseAsync(bool calledByObserver, bool calledByInterceptor)
    {
        var started = Time.GetTimestamp();
        Interlocked.CompareExchange(ref _endedBy, AdmissionContext.Closed, null);
        Admission.TakeNoMore(AdmissionContext.Closed);

        // What stands in line counts in the flush; who waits for observers must have offered his record before it.
        var sinks = _sinks.Close();
        _ = Dispatching.Interceptors?.Window.Close();
        await EndsWithin(Task.WhenAll(sinks.Select(sink => sink.Window.Close().On(Runtime.TaskScheduler))), started);
        if (await EndsWithin(FlushAsync(), started))
        {
            Admission.Close(AdmissionContext.Closed);
        }
        else
        {
            Admission.Close(OutOfTime());
        }

        // Also what came in beside the flush.
        if (!await EndsWithin(FlushAsync(), started))
        {
            _events.CloseTimedOut(_options.CloseTimeout);
            await GiveUpForGood(OutOfTime());
        }

        foreach (var sink in sinks)
        {
            sink.Terminate(sink.EndsByDispose);
        }

        await Task.WhenAll(
            calledByObserver ? Task.CompletedTask : Task.WhenAll(sinks.Select(sink => EndObserversAsync(sink, started))),
            calledByInterceptor ? Task.CompletedTask : EndInterceptorsAsync(started));

        _loads?.Dispose();
        await EndTelemetryAsync(started);
        await _control.DisposeAsync();
        await _router.DisposeAsync();
        _memory.Dispose();
        _events.Dispose();
        _sendingEvents.Dispose();
        _metrics.Dispose();
        _clock.Dispose();
        _ownTime?.Dispose();
    }

    private ProduceError OutOfTime() => new(
        ProduceErrorCode.Closed,
        $"The producer was disposed, and CloseTimeout ({_options.CloseTimeout.TotalMilliseconds:0} ms) was over.");

    /// <summary>Waits for a sink's end, at most CloseTimeout. Does not throw.</summary>
    public Task EndOf(DeliverySink sink) => EndsWithin(sink.Completion, Time.GetTimestamp());

    /// <summary>Observers have a moment also where the brokers took all the time. Those that move will complete the streams.</summary>
    private async Task EndObserversAsync(DeliverySink sink, long started)
    {
        var steps = sink.Window.Steps;
        if (await EndsWithin(sink.Completion, started, atLeast: ObserversMoment) || !sink.OwesOutcomes || sink.Window.Steps != steps)
        {
            return;
        }

        _events.ObserversAbandoned(_options.CloseTimeout);
        sink.FaultCompletion(new TimeoutException(
            $"Observers had not returned from all outcomes when CloseTimeout ({_options.CloseTimeout.TotalMilliseconds:0} ms) was over."));
        sink.Complete();
    }

    /// <summary>What interceptors have not seen yet of awaited records; they have as long as observers.</summary>
    private async Task EndInterceptorsAsync(long started)
    {
        if (Dispatching.Interceptors is { } chain && !await EndsWithin(chain.EndAsync(), started, atLeast: ObserversMoment))
        {
            _events.ObserversAbandoned(_options.CloseTimeout);
        }
    }

    /// <summary>The last push of metrics, which nobody waits for longer than a moment.</summary>
    private async Task EndTelemetryAsync(long started)
    {
        var remaining = _options.CloseTimeout - Time.GetElapsedTime(started);
        var moment = remaining < LastPushMoment ? remaining : LastPushMoment;
        if (_telemetry is null || moment <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _telemetry.EndAsync().On(Runtime.TaskScheduler).WaitAsync(moment, Time);
        }
        catch (TimeoutException)
        {
            // The broker is slow, or gone.
        }
    }

    private async Task<bool> EndsWithin(Task task, long started, TimeSpan atLeast = default)
    {
        var remaining = _options.CloseTimeout - Time.GetElapsedTime(started);
        var ending = task.On(Runtime.TaskScheduler);
        try
        {
            await ending.WaitAsync(remaining > atLeast ? remaining : atLeast, Time);
            return true;
        }
        catch (TimeoutException)
        {
            // Nobody waits for it any more; who has the task itself still sees its error.
            _ = ending.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, Runtime.TaskScheduler);
            return false;
        }
        catch (Exception)
        {
            // A sink that ended with its source's error.
            return task.IsCompleted;
        }
    }

    /// <summary>Decides everything that is accepted; nothing more is.</summary>
    private Task GiveUpForGood(ProduceError error)
    {
        _router.GiveUpFromNowOn(error);
        return FlushAsync();
    }

    /// <summary>A fatal error: everything outstanding fails with it, and the streams end by it.</summary>
    private void EndProducer(ProduceError error)
    {
        if (Interlocked.CompareExchange(ref _endedBy, error, null) is not null)
        {
            return;
        }

        _events.Fatal(error);
        Admission.Close(error);
        _ = GiveUpForGood(error);
        _sinks.Fault(error.ToException());
    }
}
