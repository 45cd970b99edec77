using System.Security.Cryptography;
using System.Text;
using FsCheck.Fluent;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Properties.Protocol;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>Our messages are Kafka's to the byte, and a broker that does not keep the rules of SCRAM is left.</summary>
public sealed class ScramExchangeTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    [Fact]
    public void Messages_are_those_of_Kafkas_own_classes()
    {
        var cases = VectorFile.Read("sasl.json")["scram"]!.AsArray();
        foreach (var vector in cases)
        {
            var credential = new SaslCredential(vector!.Text("username"), vector!.Text("password"));
            var hash = vector!.Text("mechanism") == "SCRAM-SHA-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
            using var exchange = new ScramExchange(credential, hash, vector!.Text("client_nonce"));
            Assert.Equal(vector!.Text("client_first"), Encoding.UTF8.GetString(exchange.Begin()));
            Assert.Equal(vector!.Text("client_final"), Encoding.UTF8.GetString(exchange.Next(Bytes(vector!.Text("server_first")))!));
            Assert.Null(exchange.Next(Bytes(vector!.Text("server_final"))));
        }

        Assert.True(cases.Count >= 3);
    }

    [Fact]
    public void Plain_and_OAuth_messages_are_those_of_Kafkas_own_classes()
    {
        foreach (var vector in VectorFile.Read("sasl.json")["plain"]!.AsArray().Where(static vector => vector!.Text("authzid").Length == 0))
        {
            using var exchange = new PlainExchange(new(vector!.Text("username"), vector!.Text("password")));
            Assert.Equal(vector!.Hex("client_first_hex"), exchange.Begin());
            Assert.Null(exchange.Next([]));
        }

        foreach (var vector in VectorFile.Read("sasl.json")["oauthbearer"]!.AsArray())
        {
            var extensions = vector!["extensions"]!.AsObject().ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!, StringComparer.Ordinal);
            using var exchange = new OAuthBearerExchange(new(vector!.Text("token"), DateTimeOffset.MaxValue) { Extensions = extensions });
            Assert.Equal(vector!.Hex("client_first_hex"), exchange.Begin());
            Assert.Null(exchange.Next([]));
        }
    }

    [Fact]
    public void A_delegation_token_says_that_it_is_one()
    {
        using var exchange = New(new SaslCredential("id", "hmac") { IsDelegationToken = true });
        Assert.Equal($"n,,n=id,r={Nonce},tokenauth=true", Encoding.UTF8.GetString(exchange.Begin()));
    }

    [Theory]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "does not continue ours")]
    [InlineData("r=somebodyElsesNonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "does not continue ours")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", "asks for 4095 SCRAM iterations; the limits are 4096 and 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647", "asks for 2147483647 SCRAM iterations")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999", "no first message")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1", "no first message")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "no first message")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=%%%,i=4096", "no first message")]
    [InlineData("m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "no first message")]
    [InlineData("", "no first message")]
    [InlineData("e=unknown-user", "ended SCRAM with the error 'unknown-user'")]
    public void A_first_message_that_breaks_the_rules_ends_the_exchange(string message, string words)
    {
        using var exchange = New();
        exchange.Begin();
        var fault = Assert.Throws<SaslFault>(() => exchange.Next(Bytes(message)));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_message_above_4_KiB_is_not_read()
    {
        using var exchange = New();
        exchange.Begin();
        var fault = Assert.Throws<SaslFault>(() => exchange.Next(new byte[5000]));
        Assert.Contains("5000 bytes; the limit is 4096", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4")]
    [InlineData("v=")]
    [InlineData("")]
    [InlineData("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    public void A_broker_that_does_not_know_the_password_is_found_out(string message)
    {
        using var exchange = New();
        exchange.Begin();
        exchange.Next(Bytes(ServerFirst));
        var fault = Assert.Throws<SaslFault>(() => exchange.Next(Bytes(message)));
        Assert.Contains("did not prove that it knows the password", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever comes, in both places: a message, the end, or a fault of the exchange.</summary>
    [Fact]
    public void Any_bytes_end_in_a_message_or_a_fault() => Law.Check(
        "hostile SCRAM",
        from first in Gen.Elements(0, 1)
        from at in Gen.Choose(0, ServerFirst.Length - 1)
        from value in Gen.Choose(0, 255)
        from tail in Gen.Choose(0, 20)
        select (first, at, value, tail),
        c =>
        {
            using var exchange = New();
            exchange.Begin();
            if (c.first == 1)
            {
                exchange.Next(Bytes(ServerFirst));
            }

            var spoilt = Bytes(ServerFirst);
            spoilt[c.at] = (byte)c.value;
            try
            {
                exchange.Next(spoilt.AsSpan(0, spoilt.Length - c.tail));
            }
            catch (SaslFault)
            {
                // The one way in which it may end.
            }
        });

    private static ScramExchange New(SaslCredential? credential = null) => new(credential ?? new("user", "pencil"), HashAlgorithmName.SHA256, Nonce);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
