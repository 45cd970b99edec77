using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Collects the errors that a producer logs; its own faults are among them, and no broker can make it have one.</summary>
internal sealed class ErrorLines : ILoggerFactory, ILogger
{
    /// <summary>The producer ended because a broker said that it must; whether that is right is seen elsewhere.</summary>
    private const int ProducerEnded = 404;

    public List<string> Lines { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error && eventId.Id != ProducerEnded)
        {
            lock (Lines)
            {
                Lines.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }

    public void Dispose()
    {
    }
}
