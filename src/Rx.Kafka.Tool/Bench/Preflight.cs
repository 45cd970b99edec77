using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>Looks whether there is a cluster with the topic, and says what will be measured.</summary>
internal static class Preflight
{
    /// <returns>What it has found.</returns>
    /// <exception cref="KafkaException">No broker can be reached, or the topic is not there; nothing was sent.</exception>
    public static async Task<BenchPlace> RunAsync(BenchPlan plan, ClientSettings settings, bool isEmbedded, Surroundings around)
    {
        await using var producer = new KafkaProducer(settings.Options);
        try
        {
            await producer.ConnectAsync(around.Stop);
            var partitions = await producer.GetPartitionsAsync(plan.Topic, around.Stop);
            var cluster = producer.GetStatus();
            var brokers = Amounts.Of(cluster.ClusterBrokers.Count, "broker");
            around.Out.Tell(isEmbedded
                ? $"{brokers}, embedded, in a process of their own: figures are the client's alone, but all share this machine's "
                    + "processors."
                : $"{brokers} of cluster {cluster.ClusterId}");
            around.Out.Tell($"values of {Amounts.Of(plan.Size, "byte")} to {plan.Topic} ({Amounts.Of(partitions.Count, "partition")})");
            around.Out.Tell(settings.ToString());
            var each = plan.Warmup + plan.Duration;
            around.Out.Tell($"{Amounts.Of(plan.Rounds, "round")} of {Amounts.Time(each)} for each client, the first "
                + $"{Amounts.Time(plan.Warmup)} of it to warm up: {Amounts.Time(each * plan.Rounds * plan.Clients.Count)}");
            return new(isEmbedded, cluster.ClusterBrokers.Count, partitions.Count);
        }
        catch (OperationCanceledException) when (around.Stop.IsCancellationRequested)
        {
            throw new KafkaException("Stopped before a broker answered.");
        }
    }
}
