using Rx.Kafka.Network.Security;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>R138: no secret in what a broker says, whole or in part, wherever its words were cut.</summary>
public sealed class SaslTextTests
{
    private static readonly string Secret = string.Concat(Enumerable.Range(0, 300).Select(static i => (char)('A' + (i * i % 58))));

    [Fact]
    public void No_part_of_a_secret_is_left_wherever_the_words_were_cut()
    {
        for (var before = 0; before < 600; before++)
        {
            // The reader of the answer cuts what is long.
            var words = PeerText.OneLine(new string('-', before) + Secret + " is wrong");
            var shown = SaslText.Tame(SaslText.Without(words, Secret));
            Assert.DoesNotContain(Secret[..4], shown, StringComparison.Ordinal);
            Assert.InRange(shown.Length, 1, PeerText.Longest);
        }
    }

    [Fact]
    public void A_long_token_that_a_broker_quotes_is_not_shown_in_part()
    {
        var token = new OAuthToken($"eyJ{new string('x', 200)}PAYLOAD{new string('y', 600)}", DateTimeOffset.MaxValue);
        using var exchange = new OAuthBearerExchange(token);
        exchange.Begin();
        exchange.Next(System.Text.Encoding.UTF8.GetBytes($"{{\"status\":\"invalid_token\",\"token\":\"{token.Value}\"}}"));
        Assert.DoesNotContain("PAYLOAD", exchange.Explain("refused"), StringComparison.Ordinal);
    }
}
