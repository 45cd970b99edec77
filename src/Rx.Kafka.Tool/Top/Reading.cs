namespace Rx.Kafka.Tool.Top;

/// <summary>One measured value as the other process tells it.</summary>
/// <param name="Instrument">Its name, such as <c>kafka.producer.buffer.used</c>.</param>
/// <param name="Tags">Its attributes.</param>
/// <param name="Value">Of a gauge its value, of a counter the rate a second, of a histogram the count a second.</param>
/// <param name="Quantiles">Of a histogram: 0.5, 0.95 and 0.99.</param>
internal sealed record Reading(
    string Instrument, IReadOnlyDictionary<string, string> Tags, double Value, IReadOnlyDictionary<double, double> Quantiles)
{
    /// <summary>The producer that measured it.</summary>
    public string Client => Tags.GetValueOrDefault("messaging.client.id", string.Empty);

    /// <summary>The broker that it is about; null = none.</summary>
    public string? Broker => Tags.TryGetValue("server.address", out var host) ? $"{host}:{Tags.GetValueOrDefault("server.port")}" : null;
}
