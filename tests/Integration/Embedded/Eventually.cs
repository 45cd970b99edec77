using System.Diagnostics;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>For what another party (a broker's side of a socket, a back-off) ends when it gets to it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="holds">What becomes true.</param>
    /// <param name="otherwise">What is wrong if it does not; null = nobody can say.</param>
    /// <param name="patience">How long it may take; null = 60 s.</param>
    public static async Task TrueAsync(Func<bool> holds, Func<string>? otherwise = null, TimeSpan? patience = null)
    {
        for (var watch = Stopwatch.StartNew(); !holds(); await Task.Yield())
        {
            if (watch.Elapsed >= (patience ?? Patience))
            {
                Assert.Fail(otherwise?.Invoke() ?? "It did not become true.");
            }
        }
    }

    /// <summary>Tries again until it succeeds.</summary>
    public static async Task<RecordMetadata> SucceedsAsync(Func<ValueTask<RecordMetadata>> send)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await send();
            }
            catch (KafkaProduceException) when (watch.Elapsed < Patience)
            {
                await Task.Yield();
            }
        }
    }
}
