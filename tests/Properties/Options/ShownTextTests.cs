namespace Rx.Kafka.Properties.Options;

/// <summary>What a file holds by mistake may be a secret: it is not repeated.</summary>
public sealed class ShownTextTests
{
    [Theory]
    [InlineData("acks=all\\\nsasl.password=hunter2")]
    [InlineData("bootstrap.servers=a:1,\\\nsasl.password: hunter2")]
    [InlineData("bootstrap.servers=SASL_SSL://svc:hunter2%40a:9092")]
    [InlineData("bootstrap.servers=svc:hunter2")]
    [InlineData("bootstrap.servers=a:9092:hunter2")]
    [InlineData("bootstrap.servers=https://a/hunter2")]
    [InlineData("bootstrap.servers=a:9092\nssl.keystore.key=-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQChunter2hunter2\nq1Bhunter2\n-----END PRIVATE KEY-----")]
    [InlineData("linger.ms=hunter2-password")]
    public void A_part_of_a_secret_is_not_repeated(string text)
    {
        var fault = Assert.ThrowsAny<ArgumentException>(() => new KafkaProducer(KafkaProducerOptions.FromProperties(new StringReader(text))));
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssl.key.location")]
    [InlineData("ssl.keystore.location")]
    [InlineData("ssl.certificate.location")]
    [InlineData("ssl.ca.location")]
    public void A_key_where_its_file_should_be_is_not_repeated(string key)
    {
        var options = KafkaProducerOptions.FromProperties(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bootstrap.servers"] = "a:1",
            ["security.protocol"] = "SSL",
            [key] = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
        });
        var fault = Assert.ThrowsAny<ArgumentException>(() => new KafkaProducer(options));
        Assert.Contains("it must be a path", fault.Message, StringComparison.Ordinal);
        Assert.All([fault.ToString(), options.ToString(), options.Security!.ToString(), options.Security.Tls!.ToString()],
            static text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_of_what_is_set_in_code_may_be_empty() =>
        Assert.Empty(KafkaProducerOptions.FromProperties(new StringReader("bootstrap.servers=a:1\ninterceptor.classes=")).Interceptors);

    // The usual mistakes are shown as they stand.
    [Theory]
    [InlineData("bootstrap.servers=kafka-1", "'kafka-1' has no port")]
    [InlineData("bootstrap.servers=[::1]:99999", "'[::1]:99999' has the port '99999'")]
    [InlineData("bootstrap.servers=a:1\nliger.ms=5", "liger.ms is an unknown key; did you mean linger.ms?")]
    [InlineData("bootstrap.servers=a:1\nacks=some", "acks is 'some'")]
    public void A_mistake_is_named(string text, string expected)
    {
        var fault = Assert.ThrowsAny<ArgumentException>(() => new KafkaProducer(KafkaProducerOptions.FromProperties(new StringReader(text))));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_left_empty_in_the_environment_was_not_given() => Assert.Empty(KafkaProducerOptions.FromEnvironment("RX_NO_SUCH_").BootstrapServers);

    [Fact]
    public void A_section_that_is_not_there_is_named()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        var fault = Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromConfiguration(configuration.GetSection("Kafka:Produser")));
        Assert.Contains("Kafka:Produser", fault.Message, StringComparison.Ordinal);
    }
}
