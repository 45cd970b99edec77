using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Network.Security;

/// <summary>A SaslHandshake whose answer is awaited by the connect task.</summary>
internal sealed class SaslHandshakeCall(string mechanism) : AwaitedRequest<SaslHandshakeResponse>
{
    public override ApiKey Key => ApiKey.SaslHandshake;

    public override void WriteBody(ref KafkaWriter w, short version) => SaslHandshakeRequest.Write(ref w, mechanism);

    protected override SaslHandshakeResponse Read(ref KafkaReader r, short version) => SaslHandshakeResponse.Read(ref r);
}

/// <summary>A SaslAuthenticate whose answer is awaited by the connect task.</summary>
internal sealed class SaslAuthenticateCall(byte[] message) : AwaitedRequest<SaslAuthenticateResponse>
{
    public override ApiKey Key => ApiKey.SaslAuthenticate;

    public override void WriteBody(ref KafkaWriter w, short version) => SaslAuthenticateRequest.Write(ref w, version, message);

    protected override SaslAuthenticateResponse Read(ref KafkaReader r, short version) => SaslAuthenticateResponse.Read(ref r, version);
}
