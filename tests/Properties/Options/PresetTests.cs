using FsCheck.Fluent;

namespace Rx.Kafka.Properties.Options;

public sealed class PresetTests
{
    private static readonly (string Name, Func<KafkaProducerOptions, KafkaProducerOptions> Apply)[] Presets =
    [
        ("ForLatency", static o => o.ForLatency()),
        ("ForThroughput", static o => o.ForThroughput()),
        ("ForDurability", static o => o.ForDurability()),
        ("LibrdkafkaCompatible", static o => o.LibrdkafkaCompatible()),
    ];

    [Fact]
    public void Presets_are_valid_in_any_order_and_the_last_one_wins() => Law.Check(
        "presets",
        Gen.Elements(Presets).NonEmptyListOf(),
        presets =>
        {
            var options = new KafkaProducerOptions { BootstrapServers = ["a:1"], ClientId = "mine" };
            foreach (var (_, apply) in presets)
            {
                options = apply(options);
            }

            options.Validate();
            Assert.Equal(["a:1"], options.BootstrapServers);
            Assert.Equal("mine", options.ClientId);
            Assert.Equal(options, presets[^1].Apply(options));
        });

    // What each sets is documented; whoever changes it changes the documentation.
    [Theory]
    [InlineData(0, "linger.ms = 0")]
    [InlineData(1, "batch.size = 262144, linger.ms = 20, buffer.memory = 67108864")]
    [InlineData(2, "allow.auto.create.topics = false, enable.idempotence = true, delivery.timeout.ms = 600000, max.block.ms = 600000")]
    [InlineData(3, "partitioner.class = consistent_random")]
    public void A_preset_is_a_copy_that_sets_what_it_says(int preset, string sets)
    {
        var options = new KafkaProducerOptions();
        Assert.Equal($"KafkaProducerOptions {{ {sets} }}", Presets[preset].Apply(options).ToString());
        Assert.Equal(new KafkaProducerOptions(), options);
    }

    [Fact]
    public void What_a_preset_raises_or_lowers_is_not_turned_back()
    {
        var options = new KafkaProducerOptions { BufferMemory = 1 << 30, MaxRequestSize = 1000, BatchSize = 1000, MaxInFlightRequestsPerConnection = 1 };
        Assert.Equal((1 << 30, 262144), (options.ForThroughput().BufferMemory, options.ForThroughput().MaxRequestSize));
        Assert.Equal(1, options.ForDurability().MaxInFlightRequestsPerConnection);
        Assert.Equal(5, (options with { MaxInFlightRequestsPerConnection = 9 }).ForDurability().MaxInFlightRequestsPerConnection);
    }
}
