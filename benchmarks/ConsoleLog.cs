using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Benchmarks;

/// <summary>Shows the producer's warnings and errors on the error stream: a run that logs any is not worth comparing.</summary>
internal sealed class ConsoleLog : ILoggerFactory, ILogger
{
    private int _errors;

    public int Errors => Volatile.Read(ref _errors);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is only the console.");

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            Interlocked.Increment(ref _errors);
        }

        if (IsEnabled(logLevel))
        {
            Console.Error.WriteLine($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
        }
    }

    public void Dispose()
    {
    }
}
