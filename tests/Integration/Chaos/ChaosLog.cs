using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>A file with what was done and what the producers logged, in one order of time. Any thread.</summary>
internal sealed class ChaosLog(string file) : IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly StreamWriter _writer = new(file) { AutoFlush = true };
    private readonly Lock _lock = new();
    private int _renewals;

    public string File => file;

    /// <summary>Connections that gave way to another one because their sessions were to end.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    public void Note(string what)
    {
        lock (_lock)
        {
            if (_writer.BaseStream is not null)
            {
                _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {_watch.Elapsed.TotalSeconds,8:0.000} {what}"));
            }
        }
    }

    /// <summary>Where a producer logs.</summary>
    public ILoggerFactory Of(string producer) => new Named(this, producer);

    public void Dispose()
    {
        lock (_lock)
        {
            _writer.Dispose();
        }
    }

    private sealed class Named(ChaosLog log, string name) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            log.Note(string.Create(CultureInfo.InvariantCulture, $"{name} {logLevel} {eventId.Id}: {text} {exception}"));
            if (text.Contains("Its session ends soon", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref log._renewals);
            }
        }

        public void Dispose()
        {
        }
    }
}
