using System.Net;
using Rx.Kafka.Network;

namespace Rx.Kafka.Properties.Network;

public sealed class EndPointTextTests
{
    [Fact]
    public void An_address_is_written_as_users_write_it()
    {
        Assert.Equal("broker-1.example.org:9092", EndPointText.Of(new DnsEndPoint("broker-1.example.org", 9092)));
        Assert.Equal("[::1]:9092", EndPointText.Of(new DnsEndPoint("::1", 9092)));
        Assert.Equal("[::1]:9092", EndPointText.Of(new IPEndPoint(IPAddress.IPv6Loopback, 9092)));
        Assert.Equal("10.0.0.1:9092", EndPointText.Of(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9092)));
    }
}
