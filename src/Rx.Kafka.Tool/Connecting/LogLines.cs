using Microsoft.Extensions.Logging;
using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Connecting;

/// <summary>The producer's log as lines on a console.</summary>
internal sealed class LogLines(IAnsiConsole console) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            console.Tell($"{(logLevel >= LogLevel.Warning ? "warning" : "log")} {eventId.Id}: {formatter(state, exception)}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
        // There is one place where lines go.
    }

    public void Dispose()
    {
        // The console is another's.
    }
}
