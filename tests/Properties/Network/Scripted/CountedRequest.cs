using Rx.Kafka.Network;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A request with a number; notes how it ended. Its answer is an int32 and bytes.</summary>
internal sealed class CountedRequest(int number, List<string> news, bool answerable = true, int padding = 0) : KafkaRequest
{
    public int Number { get; } = number;

    public int Value { get; private set; }

    public byte[] Payload { get; private set; } = [];

    public bool FailWhileWriting { get; set; }

    public override ApiKey Key => ApiKey.Produce;

    public override short MaximumVersion => 3;

    public override bool ExpectsResponse => answerable;

    public int Writes { get; private set; }

    public override void WriteBody(ref KafkaWriter w, short version)
    {
        w.Int32(Number);
        w.Raw(new byte[padding]);
        if (++Writes == 2 && FailWhileWriting)
        {
            throw new InvalidOperationException("a fault of ours");
        }
    }

    public override void ReadBody(ref KafkaReader r, short version)
    {
        Value = r.Int32();
        Payload = r.Bytes(flexible: false, out _).ToArray();
    }

    /// <summary>Called when the answer is there.</summary>
    public Action? OnAnswered { get; set; }

    public override void Answered()
    {
        news.Add($"answered {Number}");
        OnAnswered?.Invoke();
    }

    public override void Lost(Exception cause) => news.Add($"lost {Number}");

    public override void Flushed() => news.Add($"flushed {Number}");

    /// <summary>The bytes of an answer to a request.</summary>
    public static byte[] Answer(int correlationId, int value, byte[] payload) =>
        Wire.Frame(correlationId, new Wire().I32(value).I32(payload.Length).Raw(payload).ToArray());
}
