using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Tests;

/// <summary>Keeps what is logged, from a level on. Any thread.</summary>
internal sealed class EventLog(LogLevel least = LogLevel.Trace, TimeProvider? clock = null) : ILoggerFactory, ILogger
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _began = (clock ?? TimeProvider.System).GetTimestamp();
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

    /// <summary>Called with each event, on the thread that logs it.</summary>
    public Action<LoggedEvent>? Told { get; init; }

    public IEnumerable<string> Errors => Events.Where(static e => e.Level >= LogLevel.Error).Select(static e => e.Text);

    public int Count(int id) => Events.Count(e => e.Id == id);

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

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var fields = ((IReadOnlyList<KeyValuePair<string, object?>>)state!)
            .Where(static field => field.Key != "{OriginalFormat}").ToDictionary(StringComparer.Ordinal);
        var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}";
        var told = new LoggedEvent(_clock.GetElapsedTime(_began), eventId.Id, logLevel, fields, text);
        lock (_events)
        {
            _events.Add(told);
        }

        Told?.Invoke(told);
    }

    public void Dispose()
    {
    }
}
