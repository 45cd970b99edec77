using Rx.Kafka.Testing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>How large a value can be, as far as it is known before anything is sent.</summary>
internal static class SizeLimit
{
    private const int Around = 100; // bytes at most that a batch and a record add to a value

    /// <exception cref="UsageException">A value is larger.</exception>
    public static void Check(BenchPlan plan, KafkaProducerOptions options, bool isEmbedded)
    {
        ThrowIfAbove("max.request.size", options.MaxRequestSize, "Raise that, and the topic's max.message.bytes");
        ThrowIfAbove("buffer.memory", options.BufferMemory, "Raise that");
        if (isEmbedded && options.Compression.Types[0] == CompressionType.None)
        {
            ThrowIfAbove("max.message.bytes of embedded brokers", new EmbeddedKafkaOptions().MaxMessageBytes, "Give --bootstrap");
        }

        void ThrowIfAbove(string key, long limit, string remedy)
        {
            if (plan.Size > limit - Around)
            {
                throw new UsageException(
                    $"--size is {plan.Size} bytes, and up to {Around} come to it, which is more than {key}, {limit}. {remedy}, or lower "
                    + "--size.");
            }
        }
    }
}
