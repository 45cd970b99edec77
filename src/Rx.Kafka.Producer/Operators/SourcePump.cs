using Rx.Kafka.Sinks;

namespace Rx.Kafka.Operators;

/// <summary>Pulls a source and sends its elements, on the producer's scheduler, while its owner reads their outcomes.</summary>
/// <param name="source">Enumerated once.</param>
/// <param name="send">Awaits that there is room.</param>
/// <param name="input">The way into the sink, told the end of the source.</param>
internal sealed class SourcePump<T>(
    IAsyncEnumerable<T> source, Func<T, CancellationToken, ValueTask> send, SinkInput input) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Told once that no more elements come, with the error of the source.</summary>
    public Action<Exception?>? Ended { get; init; }

    public void Start(ProducerCore core) => _running = core.Run(RunAsync).Unwrap();

    /// <summary>Stops pulling, and waits until the source's enumerator is disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var element in source.WithCancellation(_stop.Token))
            {
                _stop.Token.ThrowIfCancellationRequested(); // the source need not heed it
                if (input.FatalError is { } fatal)
                {
                    throw fatal.ToException();
                }

                ObjectDisposedException.ThrowIf(input.IsClosed, typeof(KafkaProducer));
                await send(element, _stop.Token);
            }

            input.OnCompleted();
            Ended?.Invoke(null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody reads any more.
            input.Stop();
        }
        catch (Exception e)
        {
            input.OnError(e);
            Ended?.Invoke(e);
        }
    }
}
