using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>Sees in the producer's log when a connection was through TLS and SASL.</summary>
internal sealed class SignInWatch(TimeProvider time) : ILoggerFactory, ILogger
{
    private const int ControlConnectionIsReady = 206;

    private readonly long _begin = time.GetTimestamp();
    private long _ready;

    /// <summary>From the beginning until then; null = it was not.</summary>
    public TimeSpan? SignedIn => Volatile.Read(ref _ready) is > 0 and var at ? time.GetElapsedTime(_begin, at) : null;

    public TimeSpan Elapsed => time.GetElapsedTime(_begin);

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == ControlConnectionIsReady)
        {
            Interlocked.CompareExchange(ref _ready, time.GetTimestamp(), 0);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
        // It only watches.
    }

    public void Dispose()
    {
        // It owns nothing.
    }
}
