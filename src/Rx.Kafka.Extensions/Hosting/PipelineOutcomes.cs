namespace Rx.Kafka.Hosting;

/// <summary>Tells the user's observer of a pipeline's outcomes, and leaves the source when it throws or when a failure halts.</summary>
/// <param name="observer">The user's; null = there is none.</param>
/// <param name="halts">Whether a failed record ends the pipeline.</param>
/// <param name="stop">Leaves the source.</param>
internal sealed class PipelineOutcomes(IObserver<Delivery<Record>>? observer, bool halts, Action stop) : IObserver<Delivery<Record>>
{
    public void OnNext(Delivery<Record> value)
    {
        try
        {
            observer?.OnNext(value);
        }
        catch
        {
            // The sink detaches who throws, and its Completion faults; without observer the pipeline must not go on.
            stop();
            throw;
        }

        if (halts && !value.Succeeded)
        {
            stop();
        }
    }

    public void OnError(Exception error) => observer?.OnError(error);

    public void OnCompleted() => observer?.OnCompleted();
}
