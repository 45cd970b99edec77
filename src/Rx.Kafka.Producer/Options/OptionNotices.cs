namespace Rx.Kafka.Options;

/// <summary>
/// What was worth saying when options were read. It is no option: any two are equal, so that options are compared by their values.
/// </summary>
internal sealed class OptionNotices(IReadOnlyList<string> texts) : IEquatable<OptionNotices>
{
    public static OptionNotices None { get; } = new([]);

    public IReadOnlyList<string> Texts { get; } = texts;

    public bool Equals(OptionNotices? other) => other is not null;

    public override bool Equals(object? obj) => obj is OptionNotices;

    public override int GetHashCode() => 0;
}
