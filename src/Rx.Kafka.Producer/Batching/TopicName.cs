using System.Text;

namespace Rx.Kafka.Batching;

/// <summary>A topic's name, as callers and as requests write it.</summary>
internal sealed class TopicName(string text)
{
    public string Text { get; } = text;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);
}
