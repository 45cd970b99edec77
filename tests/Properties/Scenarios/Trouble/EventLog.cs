using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Properties.Scenarios.Trouble;

/// <summary>Keeps what a producer logs, with the fields.</summary>
internal sealed class EventLog : ILoggerFactory, ILogger
{
    private readonly List<LoggedEvent> _events = [];

    public IReadOnlyList<LoggedEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public void Clear()
    {
        lock (_events)
        {
            _events.Clear();
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var fields = ((IReadOnlyList<KeyValuePair<string, object?>>)state!).Where(static field => field.Key != "{OriginalFormat}").ToDictionary(StringComparer.Ordinal);
        lock (_events)
        {
            _events.Add(new LoggedEvent(eventId.Id, logLevel, fields, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
    }
}
