using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>Keeps what is logged.</summary>
internal sealed class Logged : ILogger
{
    public List<(int Id, LogLevel Level, string Text)> Events { get; } = [];

    public int Count(int id) => Events.Count(e => e.Id == id);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Events.Add((eventId.Id, logLevel, formatter(state, exception)));
}
