using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Telemetry;

/// <summary>
/// What one instrument has measured of one producer since the broker asked, as a whole and by broker or topic. <see cref="Record"/> is
/// called by whoever measures, all else by the control loop.
/// </summary>
internal sealed class MeasuredInstrument(object client, TelemetryLabel per)
{
    /// <summary>Of more topics or brokers than these only the sum of all is kept.</summary>
    private const int MostSeries = 1000;

    private readonly Lock _lock = new();
    private readonly Tally _whole = new();
    private readonly Dictionary<SeriesKey, Tally> _parts = [];

    /// <summary>Takes a measurement in, if it is this producer's.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!IsOwn(tags))
        {
            return;
        }

        var key = per == TelemetryLabel.None ? default : KeyOf(tags);
        lock (_lock)
        {
            _whole.Add(value);
            if (key.Name is null)
            {
                return;
            }

            if (!_parts.TryGetValue(key, out var part))
            {
                if (_parts.Count >= MostSeries)
                {
                    return;
                }

                _parts[key] = part = new Tally();
            }

            part.Add(value);
        }
    }

    /// <summary>What was measured since the last call; then counts anew what is not a total.</summary>
    /// <param name="isDelta">Whether totals count from the last push on that was taken.</param>
    /// <param name="seconds">How long ago the last call was.</param>
    public InstrumentLook Take(bool isDelta, double seconds)
    {
        lock (_lock)
        {
            var parts = new (SeriesKey, Measured)[_parts.Count];
            var i = 0;
            foreach (var (key, tally) in _parts)
            {
                parts[i++] = (key, tally.Take(isDelta, seconds));
            }

            return new InstrumentLook(_whole.Take(isDelta, seconds), parts);
        }
    }

    /// <summary>A broker has what the last <see cref="Take"/> gave.</summary>
    public void Pushed()
    {
        lock (_lock)
        {
            _whole.Pushed();
            foreach (var part in _parts.Values)
            {
                part.Pushed();
            }
        }
    }

    private bool IsOwn(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (ReferenceEquals(tag.Value, client))
            {
                return true;
            }
        }

        return false;
    }

    private SeriesKey KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = default(SeriesKey);
        foreach (var (name, value) in tags)
        {
            key = (per, name) switch
            {
                (TelemetryLabel.Topic, TrafficMetrics.TopicTag) or (TelemetryLabel.Node, BrokerTags.AddressTag) =>
                    key with { Name = value as string },
                (TelemetryLabel.Node, BrokerTags.PortTag) => key with { Port = value is int port ? port : 0 },
                _ => key,
            };
        }

        return key;
    }

    /// <summary>One line of numbers.</summary>
    private sealed class Tally
    {
        private long _count;
        private double _sum;
        private double _max = double.NegativeInfinity;
        private double _total;
        private double _taken;
        private double _pushed;

        public void Add(double value)
        {
            _count++;
            _sum += value;
            _total += value;
            _max = Math.Max(_max, value);
        }

        public Measured Take(bool isDelta, double seconds)
        {
            var taken = new Measured(_count, _sum, _max, isDelta ? _total - _pushed : _total, seconds);
            (_count, _sum, _max, _taken) = (0, 0, double.NegativeInfinity, _total);
            return taken;
        }

        public void Pushed() => _pushed = _taken;
    }
}

/// <summary>A topic, or a broker's address.</summary>
internal readonly record struct SeriesKey(string? Name, int Port);

/// <summary>What an instrument had measured, as a whole and in parts.</summary>
internal sealed record InstrumentLook(Measured Whole, IReadOnlyList<(SeriesKey Key, Measured Value)> Parts);
