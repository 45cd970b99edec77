using System.Diagnostics.Tracing;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Rx.Kafka.Tool.Top;

/// <summary>What another process measures, once a second: a session on its diagnostics port, as <c>dotnet-counters</c> has one.</summary>
internal sealed class MeterFeed : IAsyncDisposable
{
    private const string Source = "System.Diagnostics.Metrics";
    private const string Meter = "Rx.Kafka.Producer";
    private const long TimeSeriesValues = 2; // the keyword of that source

    private readonly EventPipeSession _session;
    private readonly TimeProvider _time;
    private readonly Task _reading;
    private readonly Channel<IReadOnlyList<Reading>> _rounds = Channel.CreateBounded<IReadOnlyList<Reading>>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private List<Reading> _round = [];

    private MeterFeed(EventPipeSession session, TimeProvider time)
    {
        _session = session;
        _time = time;
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Rounds of readings; a look that comes late gets the last one. Ends with the process or the session.</summary>
    public ChannelReader<IReadOnlyList<Reading>> Rounds => _rounds.Reader;

    /// <summary>Opens a session.</summary>
    /// <param name="process">The process' id.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServerNotAvailableException">There is no such process, it is no .NET process, or it is another user's.</exception>
    public static async Task<MeterFeed> OpenAsync(int process, TimeProvider time, CancellationToken cancellationToken)
    {
        // A shared session, so that dotnet-counters may look at the same time.
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SessionId"] = "SHARED",
            ["ClientId"] = string.Create(CultureInfo.InvariantCulture, $"rxkafka-{Environment.ProcessId}"),
            ["Metrics"] = Meter,
            ["RefreshInterval"] = "1",
            ["MaxTimeSeries"] = "1000",
            ["MaxHistograms"] = "100",
        };
        var provider = new EventPipeProvider(Source, EventLevel.Informational, TimeSeriesValues, arguments);
        return new MeterFeed(await new DiagnosticsClient(process).StartEventPipeSessionAsync(
            [provider], requestRundown: false, circularBufferMB: 16, cancellationToken), time);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            await _session.StopAsync(limit.Token);
            await _reading.WaitAsync(limit.Token);
        }
        catch (Exception gone) when (gone is ServerNotAvailableException or IOException or OperationCanceledException)
        {
            // The process has ended before.
        }

        _session.Dispose();
    }

    private void Read()
    {
        try
        {
            using var source = new EventPipeEventSource(_session.EventStream);
            source.Dynamic.All += Take;
            source.Process();
            _rounds.Writer.TryComplete();
        }
        catch (Exception ended)
        {
            _rounds.Writer.TryComplete(new IOException($"The process tells no more: {ended.Message}", ended));
        }
    }

    private void Take(TraceEvent told)
    {
        switch (told.EventName)
        {
            case "CollectionStop" or "Collection/Stop": // the library that reads it splits the name
                if (_round.Count > 0)
                {
                    _rounds.Writer.TryWrite(_round);
                    _round = [];
                }

                break;
            case "GaugeValuePublished":
                Add(told, "lastValue");
                break;
            case "CounterRateValuePublished" or "UpDownCounterRateValuePublished":
                Add(told, "rate");
                break;
            case "HistogramValuePublished":
                Add(told, "count");
                break;
            case "MultipleSessionsNotSupportedError" or "MultipleSessionsConfiguredIncorrectlyError":
                _rounds.Writer.TryComplete(new IOException(
                    "Another tool looks at this process' metrics with other settings; end it, or look with it."));
                break;
        }
    }

    private void Add(TraceEvent told, string value)
    {
        if (Text(told, "meterName") == Meter)
        {
            _round.Add(new Reading(
                Text(told, "instrumentName"),
                ReadingText.Tags(Text(told, "tags")),
                ReadingText.Number(Text(told, value)),
                ReadingText.Quantiles(Text(told, "quantiles"))));
        }
    }

    private static string Text(TraceEvent told, string field) =>
        Convert.ToString(told.PayloadByName(field), CultureInfo.InvariantCulture) ?? string.Empty;
}
