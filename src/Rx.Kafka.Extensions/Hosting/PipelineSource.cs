using System.Reactive.Linq;

namespace Rx.Kafka.Hosting;

/// <summary>
/// Runs a user's source into a sink. The sink is ended in any case: completed at the source's end and when the host stops, else with the
/// source's error.
/// </summary>
/// <param name="services">The container.</param>
/// <param name="sink">The pipeline's own.</param>
/// <param name="stopping">The host stops: the source is to be left.</param>
/// <param name="abandoned">Nobody waits any more, also not for a record that has no room.</param>
/// <returns>Completes when the source was left, or pushes by itself; never faults.</returns>
internal delegate Task PipelineSource(
    IServiceProvider services, ProducerSink sink, CancellationToken stopping, CancellationToken abandoned);

/// <summary>The two kinds of sources.</summary>
internal static class PipelineSources
{
    /// <summary>Pushed records. A source may push within Subscribe and so hold that call: it has a thread of its own.</summary>
    public static PipelineSource Of(Func<IServiceProvider, IObservable<Record>> make) => (services, sink, stopping, _) =>
        Task.Factory.StartNew(
            () => Subscribe(make, services, sink, stopping),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Pulled records: the next one is asked for when the one before was taken. One that was pulled is still sent.</summary>
    public static PipelineSource Of(Func<IServiceProvider, IAsyncEnumerable<Record>> make) =>
        async (services, sink, stopping, abandoned) =>
        {
            try
            {
                await foreach (var record in Made(make(services)).WithCancellation(stopping))
                {
                    await sink.Writer.WriteAsync(record, abandoned);
                    stopping.ThrowIfCancellationRequested();
                }

                sink.OnCompleted();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                sink.OnCompleted();
            }
            catch (Exception e)
            {
                // Without effect where the sink ended first, by a fatal error.
                sink.OnError(e);
            }
        };

    private static void Subscribe(
        Func<IServiceProvider, IObservable<Record>> make, IServiceProvider services, ProducerSink sink, CancellationToken stopping)
    {
        try
        {
            // It ends the sink and disposes the subscription, also while Subscribe has not returned.
            Made(make(services)).TakeUntil(stopping).Subscribe(sink);
        }
        catch (Exception e)
        {
            sink.OnError(e);
        }
    }

    private static T Made<T>(T? source)
        where T : class =>
        source ?? throw new InvalidOperationException("The factory of a Kafka pipeline's source returned null.");
}
