namespace Rx.Kafka.Hosting;

/// <summary>
/// One run of a pipeline: a sink, its source and its outcomes. The container makes it after the producer, so it is disposed before it.
/// </summary>
internal sealed class PipelineRun : IAsyncDisposable
{
    private readonly KafkaProducer _producer;
    private readonly KafkaPipelineOptions _options;
    private readonly PipelineSource _source;
    private readonly IServiceProvider _services;
    private readonly ProducerSink _sink;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private readonly Lazy<Task> _leaving;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private volatile bool _isAbandoned;

    public PipelineRun(KafkaProducer producer, KafkaPipelineOptions options, PipelineSource source, IServiceProvider services)
    {
        _producer = producer;
        _options = options;
        _source = source;
        _services = services;
        _sink = producer.OpenSink(options.OnFailure);
        _closeTimeout = ProducerServices.CloseTimeoutOf(services, options.Producer);
        _time = HostClock.Of(services);
        _leaving = new Lazy<Task>(() => Apart(Leave));
    }

    /// <summary>Whether nobody waits for its end any more.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Runs the source until it ends or <see cref="Stop"/> is called.</summary>
    /// <returns>
    /// Completes when every record has its outcome, the observer has returned from it and the source was left; faults when the pipeline
    /// failed.
    /// </returns>
    public async Task RunAsync()
    {
        ObserveOutcomes();
        var source = _source(_services, _sink, _stopping.Token, _abandoned.Token);
        try
        {
            await _sink.Completion;
            ThrowIfProducerDisposed();
        }
        finally
        {
            // The sink may have ended first.
            _ = Stop();
        }

        await source;
        await Stop();
    }

    /// <summary>Leaves the source; what was accepted is still sent. Returns at once. Any thread.</summary>
    /// <returns>Completes when the source has returned from its dispose or cancellation; never faults.</returns>
    public Task Stop() => _leaving.Value;

    /// <summary>Nobody waits any more. Returns at once.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _ = Stop();
        _ = Apart(_abandoned.Cancel);
        _sink.OnCompleted();
    }

    /// <summary>
    /// For a host that was disposed without being stopped: the source is left while its producer lives. After a stop there is nothing to
    /// wait for, or its time is over; the producer's own dispose waits for outcomes and their observers.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsAbandoned)
        {
            try
            {
                await Stop().WaitAsync(_closeTimeout, _time);
            }
            catch (TimeoutException)
            {
                // The source blocks; it is left to itself.
            }
        }

        // The tokens' sources stay: a source that ends later still looks at them, and without timers they hold nothing.
        Abandon();
    }

    /// <summary>What runs the source's own code has a thread of its own: that may block for as long as it likes.</summary>
    private static Task Apart(Action cancel) =>
        Task.Factory.StartNew(cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>A sink ends well when its producer is disposed. In a host nobody but the container should, after the pipeline.</summary>
    private void ThrowIfProducerDisposed()
    {
        if (!_leaving.IsValueCreated && _producer.GetStatus().IsDisposed)
        {
            throw new ObjectDisposedException(
                nameof(KafkaProducer), "The pipeline's producer was disposed while the pipeline ran. Leave its dispose to the container.");
        }
    }

    private void Leave()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (AggregateException e)
        {
            // The source's own code threw on being left.
            _sink.OnError(e.InnerExceptions.Count == 1 ? e.InnerExceptions[0] : e);
        }
    }

    /// <summary>Before the source begins, so that no outcome is missed.</summary>
    private void ObserveOutcomes()
    {
        try
        {
            var outcomes = _options.Outcomes is { } make
                ? make(_services) ?? throw new InvalidOperationException("it returned null; return an observer, or leave the factory out.")
                : null;
            if (outcomes is not null || _options.OnFailure == OnFailure.Halt)
            {
                _sink.Subscribe(new PipelineOutcomes(outcomes, _options.OnFailure == OnFailure.Halt, () => _ = Stop()));
            }
        }
        catch (Exception e)
        {
            // The source is not to blame: the sink ends well, and the pipeline fails.
            _sink.OnCompleted();
            throw new InvalidOperationException(
                $"The factory of the pipeline's outcomes (KafkaPipelineOptions.Outcomes) failed: {e.Message}", e);
        }
    }
}
