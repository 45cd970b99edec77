using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>A request whose answer is awaited by the connect task.</summary>
/// <typeparam name="TResponse">What the answer says.</typeparam>
internal abstract class AwaitedRequest<TResponse> : KafkaRequest
{
    private readonly TaskCompletionSource<TResponse> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResponse? _read;

    /// <summary>The answer, or why there is none.</summary>
    public Task<TResponse> Response => _response.Task;

    public override void ReadBody(ref KafkaReader r, short version) => _read = Read(ref r, version);

    public override void Answered() => _response.TrySetResult(_read!);

    public override void Lost(Exception cause)
    {
        _response.TrySetException(cause);
        _ = _response.Task.Exception; // observed: the connect task may have given up already
    }

    /// <summary>Reads the answer's body.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    protected abstract TResponse Read(ref KafkaReader r, short version);
}
