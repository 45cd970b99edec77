using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Faces;

/// <summary>What the dispatchers of one producer share; also names the producer a thread dispatches for.</summary>
internal sealed class DispatcherContext(ProducerRuntime runtime, ILogger logger)
{
    [ThreadStatic]
    private static DispatcherContext? _current;

    /// <summary>Whose observers this thread is calling; null = nobody's.</summary>
    public static DispatcherContext? Current
    {
        get => _current;
        set => _current = value;
    }

    public ProducerRuntime Runtime { get; } = runtime;

    public ILogger Logger { get; } = logger;
}
