namespace Rx.Kafka.Properties.Scenarios;

/// <summary>One observer that came later: from when to when it was there, and what it saw.</summary>
internal sealed class WatchRun(int firstRecord, bool throws)
{
    /// <summary>The first record offered after it had subscribed.</summary>
    public int FirstRecord { get; } = firstRecord;

    /// <summary>It leaves by throwing.</summary>
    public bool Throws { get; } = throws;

    public TimeSpan? EndedAt { get; set; }

    public List<int> Seen { get; } = [];
}
