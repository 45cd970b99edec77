namespace Rx.Kafka.Metadata;

/// <summary>A back-off of zero would let one failure follow the other without end; here every pause is at least this long.</summary>
internal static class LeastPause
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(1);

    public static TimeSpan OrMore(TimeSpan pause) => pause > Span ? pause : Span;
}
