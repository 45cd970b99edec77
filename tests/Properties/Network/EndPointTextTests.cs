using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Network;

namespace Rx.Kafka.Properties.Network;

public sealed class EndPointTextTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var cases = from host in Gen.Elements("localhost", "broker-1.example.org", "10.0.0.1", "::1", "fe80::1")
                    from port in Gen.Choose(1, 65535)
                    from scheme in Gen.Elements("", "PLAINTEXT://", "SASL_SSL://")
                    select (Host: host, Port: port, Scheme: scheme);
        Law.Check("addresses", cases, c =>
        {
            Assert.True(EndPointText.TryParse(c.Scheme + EndPointText.Of(c.Host, c.Port), out var endPoint));
            Assert.Equal((c.Host, c.Port), (endPoint!.Host, endPoint.Port));
            Assert.Equal(EndPointText.Of(c.Host, c.Port), EndPointText.Of(endPoint));
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":9092")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost:+1")]
    [InlineData("localhost:9092/x")]
    [InlineData("local host:9092")]
    [InlineData("a:b:9092")]
    [InlineData("[]:9092")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(EndPointText.TryParse(text, out _));
}
