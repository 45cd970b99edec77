namespace Rx.Kafka.Properties.Scenarios;

/// <summary>An observer that holds its source to the grammar: calls never overlap, and none comes after the end.</summary>
internal sealed class Collector<T>(Action<T> onNext) : IObserver<T>
{
    private bool _isInside;

    public bool HasEnded { get; private set; }

    public Exception? Error { get; private set; }

    public void OnNext(T value) => Inside(() => onNext(value), ends: false);

    public void OnError(Exception error) => Inside(() => Error = error, ends: true);

    public void OnCompleted() => Inside(static () => { }, ends: true);

    private void Inside(Action call, bool ends)
    {
        if (_isInside || HasEnded)
        {
            throw new InvalidOperationException(_isInside ? "L29: two calls of one observer overlap." : "L29: a call after the end.");
        }

        _isInside = true;
        HasEnded = ends;
        call();
        _isInside = false;
    }
}
