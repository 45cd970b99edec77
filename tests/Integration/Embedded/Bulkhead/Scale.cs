namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>How thoroughly is measured: briefly in each test run, with floors that a shared machine keeps; or, with <c>RX_BULKHEAD=full</c>, all cases long enough for the figures that are promised.</summary>
internal sealed record Scale(TimeSpan WarmUp, TimeSpan Window, TimeSpan Still, TimeSpan Unkeyed, int PacedBytes, bool IsFull)
{
    public const int MostPacedBytes = 20_000_000;

    // A machine that is busy with other things keeps a quarter of the pace: else its own share would be measured.
    private static readonly Scale Brief = new(Milliseconds(300), Milliseconds(500), Milliseconds(150), Milliseconds(500), MostPacedBytes / 4, IsFull: false);
    private static readonly Scale Full = new(Milliseconds(1000), Milliseconds(3000), Milliseconds(300), Milliseconds(4000), MostPacedBytes, IsFull: true);

    public static Scale Current { get; } = string.Equals(Environment.GetEnvironmentVariable("RX_BULKHEAD"), "full", StringComparison.Ordinal) ? Full : Brief;

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
