using System.IO.Hashing;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka;

/// <summary>
/// The partitioners that librdkafka and Kafka have by name, for <see cref="KafkaProducerOptions.Partitioner"/>: keys stay in the partitions
/// where the client before put them. All may be shared by producers and threads, and allocate nothing per record.
/// </summary>
/// <remarks>
/// Without one, keys go where the Java client puts them, as with <see cref="Murmur2Random"/>. "Left to the producer" means: chosen as
/// without a partitioner, so one partition for a batch's worth of bytes, then another (KIP-794), where librdkafka changes after 10 ms. The
/// partition of a key depends on the number of partitions only, not on which of them have a leader.
/// </remarks>
public static class Partitioners
{
    private const string JavaRoundRobin = "org.apache.kafka.clients.producer.RoundRobinPartitioner";

    /// <summary>CRC-32 of the key; null and empty keys all go to partition 0. librdkafka: <c>consistent</c>.</summary>
    public static IPartitioner Consistent { get; } = new KeyPartitioner(Crc32.HashToUInt32, Keyless.None);

    /// <summary>
    /// CRC-32 of the key; records with a null or an empty key are left to the producer. librdkafka, and so Confluent.Kafka, by default:
    /// <c>consistent_random</c>.
    /// </summary>
    public static IPartitioner ConsistentRandom { get; } = new KeyPartitioner(Crc32.HashToUInt32, Keyless.NullOrEmpty);

    /// <summary>Murmur2 of the key, as the Java client; null keys count as empty ones. librdkafka: <c>murmur2</c>.</summary>
    public static IPartitioner Murmur2 { get; } = new KeyPartitioner(Murmur2Hash, Keyless.None);

    /// <summary>
    /// Murmur2 of the key, an empty one too; records without key are left to the producer. This is what happens without a partitioner.
    /// librdkafka: <c>murmur2_random</c>.
    /// </summary>
    public static IPartitioner Murmur2Random { get; } = new KeyPartitioner(Murmur2Hash, Keyless.Null);

    /// <summary>FNV-1a of the key, as Sarama; null keys count as empty ones. librdkafka: <c>fnv1a</c>.</summary>
    public static IPartitioner Fnv1a { get; } = new KeyPartitioner(Partitioning.Fnv1a.Hash, Keyless.None);

    /// <summary>
    /// FNV-1a of the key, an empty one too, as Sarama; records without key are left to the producer. librdkafka: <c>fnv1a_random</c>.
    /// </summary>
    public static IPartitioner Fnv1aRandom { get; } = new KeyPartitioner(Partitioning.Fnv1a.Hash, Keyless.Null);

    /// <summary>
    /// A partition by chance for each record with a key, whatever it is, among those that have a leader; records without key are left to
    /// the producer. Chance is that of <see cref="ProducerRuntime.Random"/>. librdkafka: <c>random</c>.
    /// </summary>
    public static IPartitioner Random { get; } = new RandomPartitioner(seed: 0);

    /// <summary>
    /// A topic's partitions in turn, record by record, whatever their keys: those that have a leader, or all while none has one. Each
    /// producer has turns of its own. Many small batches are made so; use it where every partition must get the same number of records.
    /// Kafka: <c>RoundRobinPartitioner</c>.
    /// </summary>
    public static IPartitioner RoundRobin { get; } = new RoundRobinPartitioner();

    /// <summary>
    /// The names that <see cref="ByName"/> knows: librdkafka's values of its key <c>partitioner</c>, and the Java class of <see
    /// cref="RoundRobin"/>.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
        ["consistent", "consistent_random", "murmur2", "murmur2_random", "fnv1a", "fnv1a_random", "random", JavaRoundRobin];

    /// <summary>A partitioner by one of <see cref="Names"/>; case counts, as in librdkafka.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The partitioner, or null if there is none of that name.</returns>
    public static IPartitioner? ByName(string name) => name switch
    {
        "consistent" => Consistent,
        "consistent_random" => ConsistentRandom,
        "murmur2" => Murmur2,
        "murmur2_random" => Murmur2Random,
        "fnv1a" => Fnv1a,
        "fnv1a_random" => Fnv1aRandom,
        "random" => Random,
        JavaRoundRobin => RoundRobin,
        _ => null,
    };

    /// <summary>The name of one of ours; null for any other.</summary>
    internal static string? NameOf(IPartitioner partitioner) =>
        Names.FirstOrDefault(name => ReferenceEquals(ByName(name), partitioner));

    private static uint Murmur2Hash(ReadOnlySpan<byte> key) => (uint)Partitioning.Murmur2.Hash(key) & int.MaxValue;
}
