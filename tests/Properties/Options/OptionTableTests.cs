using System.Reflection;
using System.Xml.Linq;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>The table is the one source; these tests keep the options, their documentation and the table together.</summary>
public sealed class OptionTableTests
{
    private static IEnumerable<PropertyInfo> Properties => typeof(KafkaProducerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.Name != nameof(KafkaProducerOptions.Notices));

    [Fact]
    public void Every_option_has_exactly_one_row() =>
        Assert.Equal(
            Properties.Select(property => property.Name).Order(StringComparer.Ordinal),
            OptionTable.Rows.Select(row => row.Property).OfType<string>().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_option_can_be_changed() => Assert.All(Properties, property => Assert.True(property.CanWrite, property.Name));

    [Fact]
    public void The_documentation_of_each_option_names_its_key()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(KafkaProducerOptions).Assembly.Location, ".xml"));
        var summaries = documentation.Descendants("member").ToDictionary(member => (string)member.Attribute("name")!, member => member.Value, StringComparer.Ordinal);
        Assert.All(OptionTable.Rows.Where(row => row.Property is not null), row =>
            Assert.Contains(row.Key ?? "No Kafka key", summaries[$"P:Rx.Kafka.KafkaProducerOptions.{row.Property}"], StringComparison.Ordinal));
    }

    [Fact]
    public void Options_are_values()
    {
        Assert.Equal(new KafkaProducerOptions(), new KafkaProducerOptions());
        var one = new KafkaProducerOptions { BootstrapServers = ["a:1"] };
        var other = new KafkaProducerOptions { BootstrapServers = { "a:1" } };
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, new KafkaProducerOptions { BootstrapServers = ["a:2"] });
    }

    [Fact]
    public void Options_show_what_was_changed_under_the_keys_of_Kafka() =>
        Assert.Equal(
            "KafkaProducerOptions { bootstrap.servers = a:1, acks = 1, MaxUnobservedDeliveries = 7, linger.ms = 0.5 }",
            new KafkaProducerOptions { BootstrapServers = ["a:1"], RequiredAcks = RequiredAcks.Leader, Linger = TimeSpan.FromMicroseconds(500), MaxUnobservedDeliveries = 7 }.ToString());
}
