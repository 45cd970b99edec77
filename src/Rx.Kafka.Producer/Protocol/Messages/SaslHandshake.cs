namespace Rx.Kafka.Protocol.Messages;

/// <summary>Names the SASL mechanism that the next <see cref="SaslAuthenticateRequest"/>s speak.</summary>
internal static class SaslHandshakeRequest
{
    /// <summary>Writes the body, the same in versions 0 and 1; only after 1 tokens travel in requests.</summary>
    public static void Write(ref KafkaWriter w, string mechanism) => w.String(mechanism, flexible: false); // Mechanism
}

/// <summary>Whether the listener takes the mechanism, and which ones it takes.</summary>
internal readonly record struct SaslHandshakeResponse(short ErrorCode, IReadOnlyList<string> Mechanisms)
{
    /// <summary>Reads the answer.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static SaslHandshakeResponse Read(ref KafkaReader r)
    {
        var error = r.Int16(); // ErrorCode
        var count = r.ArrayLength(flexible: false, minimumElementBytes: sizeof(short)); // Mechanisms
        if (count <= 0)
        {
            return new(error, []);
        }

        var mechanisms = new string[count];
        foreach (ref var mechanism in mechanisms.AsSpan())
        {
            mechanism = r.RequiredString(flexible: false);
        }

        return new(error, mechanisms);
    }
}
