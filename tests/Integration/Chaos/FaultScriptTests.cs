namespace Rx.Kafka.Integration.Chaos;

/// <summary>A seed is a script.</summary>
public sealed class FaultScriptTests
{
    private const int Brokers = 3;
    private const int OfBrokers = 3;
    private const int OfConnections = 7;

    [Fact]
    public void An_equal_seed_is_an_equal_script()
    {
        Assert.Equal(Begin(7), Begin(7));
        Assert.NotEqual(Begin(7), Begin(8));

        static Fault[] Begin(int seed) => [.. new FaultScript(seed, Brokers).OnBrokers().Take(50), .. new FaultScript(seed, Brokers).OnConnections().Take(50)];
    }

    [Fact]
    public void Each_round_has_every_kind_once()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var script = new FaultScript(seed, Brokers);
            var rounds = script.OnBrokers().Take(OfBrokers * 2).Chunk(OfBrokers).Zip(script.OnConnections().Take(OfConnections * 2).Chunk(OfConnections), static (broker, connection) => broker.Concat(connection));
            Assert.All(rounds, static round => Assert.Equal(FaultScript.Kinds, round.Select(static fault => fault.Kind).Order()));
        }
    }
}
