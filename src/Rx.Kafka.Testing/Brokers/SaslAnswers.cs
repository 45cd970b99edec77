using Rx.Kafka.Testing.Sasl;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>SaslHandshake 0-1; tokens always travel in SaslAuthenticate.</summary>
internal static class SaslHandshakeAnswer
{
    public static Answering Write(AnswerContext context, ref WireReader reader)
    {
        var mechanism = reader.String(flexible: false);
        reader.End();
        var error = context.Plan.Error != 0 ? context.Plan.Error
            : context.Sasl is not { } sasl ? ErrorCode.IllegalSaslState
            : sasl.TryBegin(mechanism) ? ErrorCode.None : ErrorCode.UnsupportedSaslMechanism;
        var writer = context.Writer;
        var mechanisms = context.Sasl?.Mechanisms ?? [];
        writer.Int16(error);
        writer.Count(mechanisms.Count, flexible: false);
        foreach (var name in mechanisms)
        {
            writer.String(name, flexible: false);
        }

        // A listener without SASL goes on, as Kafka's do.
        return error == ErrorCode.None || context.Sasl is null ? Answering.Answer : Answering.AnswerAndClose;
    }
}

/// <summary>SaslAuthenticate 0-2.</summary>
internal static class SaslAuthenticateAnswer
{
    public static Answering Write(AnswerContext context, ReadOnlySpan<byte> body, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.SaslAuthenticate, version);
        var bytes = reader.Bytes(flexible) ?? throw new WireException("AuthBytes is null.");
        reader.Tags(flexible);
        reader.End();
        var lifetime = 0L;
        var reply = context.Plan.Error == 0
            ? context.Sasl?.Take(body[bytes], out lifetime) ?? new SaslReply([], Refusal: "This listener takes no SASL")
            : new SaslReply([], Refusal: "A fault of the test");
        var error = context.Plan.Error != 0 ? context.Plan.Error
            : reply.Refusal is null ? ErrorCode.None
            : context.Sasl is null ? ErrorCode.IllegalSaslState : ErrorCode.SaslAuthenticationFailed;
        var writer = context.Writer;
        writer.Int16(error);
        writer.String(reply.Refusal, flexible);
        writer.Count(reply.Bytes.Length, flexible);
        writer.Raw(reply.Bytes);
        if (version >= 1)
        {
            writer.Int64(lifetime);
        }

        writer.NoTags(flexible);
        return error == ErrorCode.None ? Answering.Answer : Answering.AnswerAndClose;
    }
}
