namespace Rx.Kafka.Integration.Chaos;

/// <summary>
/// The faults that a seed stands for, in two sequences without end: those of the brokers, of which only one is down at a time, and those of the connections to them. Each goes
/// by rounds: every kind once, in random order.
/// </summary>
internal sealed class FaultScript(int seed, int brokers)
{
    private static readonly FaultKind[] OfBrokers = [FaultKind.Kill, FaultKind.Pause, FaultKind.MoveLeaders];

    private static readonly FaultKind[] OfConnections =
        [FaultKind.Cut, FaultKind.Tear, FaultKind.Delay, FaultKind.Trickle, FaultKind.BlackHole, FaultKind.HoldRequests, FaultKind.HoldAnswers];

    /// <summary>All kinds there are.</summary>
    public static IEnumerable<FaultKind> Kinds => [.. OfBrokers, .. OfConnections];

    /// <summary>Kills, pauses and moved leaders. A pause is longer or shorter than the 4 s after which a leader is replaced.</summary>
    public IEnumerable<Fault> OnBrokers() => Rounds(OfBrokers, new Random(seed), kind => kind == FaultKind.Kill ? (0.2, 4) : (0.5, 8), pauseUpTo: 1);

    /// <summary>Connections cut, torn, slowed and held. Some are held longer than a request may take, so that the client gives up first.</summary>
    public IEnumerable<Fault> OnConnections() => Rounds(OfConnections, new Random(~seed), static kind => Lasting(kind), pauseUpTo: 1.5);

    private static (double From, double To) Lasting(FaultKind kind) => kind switch
    {
        FaultKind.Cut => (0, 0),
        FaultKind.Tear => (0.3, 1.5),
        FaultKind.Delay => (0.5, 4),
        FaultKind.Trickle => (0.5, 2),
        _ => (0.3, 9),
    };

    private IEnumerable<Fault> Rounds(FaultKind[] kinds, Random random, Func<FaultKind, (double From, double To)> lasting, double pauseUpTo)
    {
        while (true)
        {
            var round = kinds.ToArray();
            random.Shuffle(round);
            foreach (var kind in round)
            {
                var (from, to) = lasting(kind);
                yield return new(kind, random.Next(brokers), Seconds(from, to), Seconds(0, pauseUpTo), random.Next(2) == 0, random.Next());
            }
        }

        TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (random.NextDouble() * (to - from)));
    }
}
