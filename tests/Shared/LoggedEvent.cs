using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Tests;

/// <summary>One log event with its fields.</summary>
/// <param name="At">When it was logged, since the log began.</param>
/// <param name="Text">The message, and the exception if there was one.</param>
internal sealed record LoggedEvent(TimeSpan At, int Id, LogLevel Level, IReadOnlyDictionary<string, object?> Fields, string Text)
{
    /// <summary>Whether it has all of "key=value key=value ...".</summary>
    public bool Has(string fields) => fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(pair => Has(pair.Split('=', 2)));

    public override string ToString() => $"{Id} {Level} {string.Join(' ', Fields.Select(static field => $"{field.Key}={field.Value}"))}";

    private bool Has(string[] pair) =>
        Fields.TryGetValue(pair[0], out var value) && string.Equals(value?.ToString() ?? "", pair[1], StringComparison.Ordinal);
}
