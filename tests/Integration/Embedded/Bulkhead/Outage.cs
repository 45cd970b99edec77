using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>A part of a cluster of three brokers that goes for good: leaders of some partitions, or a broker.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Partitions">How many the topic has.</param>
/// <param name="Leaderless">How many of them lose their leader.</param>
/// <param name="Breaks">What becomes of the last broker; null = nothing.</param>
internal sealed record Outage(string Name, int Partitions, int Leaderless, Action<EmbeddedKafka, int>? Breaks)
{
    public const string Topic = "t";
    public const int Brokers = 3;

    public static Outage OfLeaders(int leaderless, int partitions) => new($"{leaderless} of {partitions:N0} leaders", partitions, leaderless, null);

    /// <summary>The broker refuses connections, and goes on being named as the leader.</summary>
    public static Outage OfRefusingBroker(int partitions) => new($"1 of 3 brokers refuses ({partitions:N0})", partitions, 0, static (kafka, broker) => kafka.Stop(broker, elect: false));

    /// <summary>The broker accepts connections and never answers.</summary>
    public static Outage OfMuteBroker(int partitions) => new($"1 of 3 brokers is mute ({partitions:N0})", partitions, 0, static (kafka, broker) => kafka.AcceptAndNeverAnswer(broker));

    /// <summary>Whether a partition is in the part that goes. Leaders are spread in turn, so leaderless ones are of all brokers.</summary>
    public bool Takes(int partition) => Breaks is null ? partition < Leaderless : partition % Brokers == Brokers - 1;

    public void Begin(EmbeddedKafka kafka)
    {
        for (var partition = 0; partition < Leaderless; partition++)
        {
            kafka.MoveLeader(Topic, partition, -1);
        }

        Breaks?.Invoke(kafka, Brokers);
    }
}
