namespace Rx.Kafka.Network.Security;

/// <summary>The client's side of one SASL exchange. Used once, by the connect task; disposing clears its secrets.</summary>
internal interface ISaslExchange : IDisposable
{
    /// <summary>Gets what the first message needs from others than the broker; most mechanisms need nothing.</summary>
    /// <exception cref="SaslFault">There is none, or it did not come in time.</exception>
    ValueTask PrepareAsync(CancellationToken cancellationToken) => default;

    /// <summary>The client's first message.</summary>
    byte[] Begin();

    /// <summary>The answer to what the broker sent; null = the exchange is through.</summary>
    /// <exception cref="SaslFault">The broker did not prove what it must, or what it sent is no message of the mechanism.</exception>
    byte[]? Next(ReadOnlySpan<byte> challenge);

    /// <summary>The broker's words about a refusal, without the secrets that it may repeat.</summary>
    string Explain(string words);
}

/// <summary>What is wrong with an exchange, in words that follow the broker's name.</summary>
internal sealed class SaslFault(string message) : Exception(message);
