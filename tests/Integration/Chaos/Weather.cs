namespace Rx.Kafka.Integration.Chaos;

/// <summary>What happens to bytes on their way through a proxy, until it changes. Any thread.</summary>
/// <param name="kind">What; null = they pass.</param>
/// <param name="seed">For its choices.</param>
internal sealed class Weather(FaultKind? kind = null, int seed = 0)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(5);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    private readonly Directions _held = kind switch
    {
        FaultKind.BlackHole => Directions.Both,
        FaultKind.HoldRequests => Directions.ToBroker,
        FaultKind.HoldAnswers => Directions.ToClient,
        _ => Directions.None,
    };

    /// <summary>It changes: what was held back looks again.</summary>
    public void End() => _over.TrySetResult();

    /// <summary>Waits as bytes have to, and says how many may go on now; 0 = look at the weather again.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="bytes">How many there are.</param>
    public async ValueTask<Passage> LetPassAsync(Directions direction, int bytes)
    {
        if ((_held & direction) != 0)
        {
            await _over.Task;
            return new(0, IsTorn: false);
        }

        switch (kind)
        {
            case FaultKind.Delay:
                await Task.Delay(LongestDelay * Chance());
                return new(bytes, IsTorn: false);
            case FaultKind.Trickle:
                await Task.Delay(Drip);
                return new(Math.Min(bytes, 1 + (int)(Chance() * 100)), IsTorn: false);
            case FaultKind.Tear when bytes > 1 && Chance() < 0.3:
                return new(1 + (int)(Chance() * (bytes - 1)), IsTorn: true);
            default:
                return new(bytes, IsTorn: false);
        }
    }

    private double Chance()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }
}
