using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Properties.Protocol;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>Where brokers say that they are: taken where one can connect, a failure with a sentence where no broker can be, and never obeyed.</summary>
public sealed class AdvertisedAddressTests
{
    private const int PassedOver = 216;

    private static readonly Gen<string> Names = Gen.Frequency(
        (2, Gen.Elements("b1", "", "kafka.example", "::1")),
        (1, Gen.Choose(250, 260).Select(static n => new string('h', n))),
        (1, Gen.Constant("h" + new string('A', 20_000))),
        (3, Gen.Elements(HostileWords.Pieces).ListOf().Select(static pieces => string.Concat(pieces))));

    private static readonly Gen<int> Ports = Gen.Frequency((3, Gen.Constant(9092)), (1, Gen.Elements(int.MinValue, -1, 0, 1, 65535, 65536, int.MaxValue)));

    [Fact]
    public void Only_an_address_that_can_be_is_taken_and_no_words_of_a_broker_are_obeyed() =>
        Law.Check(
            "advertised addresses",
            from host in Names
            from port in Ports
            from cluster in Names
            from rack in Names
            from version in Gen.Choose(1, 13)
            select (Host: host, Port: port, Cluster: cluster, Rack: rack, Version: version),
            c =>
            {
                var w = new Watching(brokers: 1);
                w.Cluster.Brokers[0].MetadataMax = c.Version;
                w.Cluster.OnMetadata = (_, request) => MetadataBody.Write(request.Version, [(7, c.Host, c.Port)], c.Cluster, [], rack: c.Rack);
                var connecting = w.Metadata.ConnectAsync(default);
                w.World.RunFor(TimeSpan.FromSeconds(1));
                var canBe = c.Host.Length is > 0 and <= 255 && !c.Host.Any(static sign => HostileWords.IsObeyed(sign) || sign == ' ') && c.Port is > 0 and < 65536;
                Assert.Equal(canBe ? 1 : 0, w.Metadata.Current.Brokers.Count);
                if (!canBe)
                {
                    var told = World.Failed<KafkaException>(connecting).Message;
                    Assert.Contains("broker 7 names '", told, StringComparison.Ordinal);
                    Assert.Contains($":{c.Port}'", told, StringComparison.Ordinal);
                    IsOneLine(told, 1000);
                }

                Assert.All(w.Metadata.Current.Describe(), static broker => IsOneLine($"{broker.Host}{broker.Rack}", 510));
                IsOneLine(w.Metadata.Current.ClusterId ?? "", 255);
                Assert.All(w.Log.Events, static logged => IsOneLine(logged.Text, 1500));
                w.End();
            },
            maxTest: 300);

    [Fact]
    public void A_broker_with_an_address_is_enough()
    {
        var w = new Watching(brokers: 1);
        w.Cluster.OnMetadata = (_, request) => MetadataBody.Write(request.Version, [(1, "", 9092), (2, "b2", 9092), (3, "b3", 0)], "c1", []);
        var connecting = w.Metadata.ConnectAsync(default);
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(connecting.IsCompletedSuccessfully);
        Assert.Equal([2], w.Metadata.Current.Brokers.Select(static broker => broker.Id));

        // Said at most once a second, and again while it lasts.
        for (var i = 0; i < 20; i++)
        {
            w.Metadata.RequestRefresh();
            w.World.RunFor(TimeSpan.FromMilliseconds(250));
        }

        var told = w.Log.Events.Where(static logged => logged.Id == PassedOver).ToList();
        Assert.InRange(told.Count, 2, 6);
        Assert.All(told, static logged => Assert.Contains("broker 1 names ':9092', broker 3 names 'b3:0'", logged.Text, StringComparison.Ordinal));
        w.End();
    }

    private static void IsOneLine(string text, int longest)
    {
        Assert.True(text.Length <= longest, $"{text.Length} characters: {text}");
        Assert.All(text, HostileWords.NotObeyed);
    }
}
