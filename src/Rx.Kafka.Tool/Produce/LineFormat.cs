using System.Diagnostics.CodeAnalysis;

namespace Rx.Kafka.Tool.Produce;

/// <summary>From a line to a record.</summary>
internal sealed class LineFormat(ProducePlan plan)
{
    /// <summary>Makes the record of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="record">The record.</param>
    /// <param name="fault">Why there is none, and what to do.</param>
    public bool TryRead(Line line, out Record record, [NotNullWhen(false)] out LineFault? fault)
    {
        record = default;
        fault = null;
        if (line.Bytes is not { } bytes)
        {
            fault = new LineFault(
                "too long", $"it has {line.Length} bytes, and a record at most {plan.LongestLine} (max.request.size, buffer.memory)");
            return false;
        }

        ReadOnlyMemory<byte>? key = null;
        ReadOnlyMemory<byte> value = bytes;
        if (!plan.KeySeparator.IsEmpty)
        {
            var at = value.Span.IndexOf(plan.KeySeparator.Span);
            if (at < 0)
            {
                fault = new LineFault("no key", "the key separator is not in it; mend the line, or leave --key-separator out");
                return false;
            }

            (key, value) = (value[..at], value[(at + plan.KeySeparator.Length)..]);
        }

        var isNull = plan.NullMarker is { } marker && value.Span.SequenceEqual(marker.Span);
        record = new Record(plan.Topic, key, isNull ? null : value) { Headers = plan.Headers };
        return true;
    }
}

/// <summary>Why a line is no record.</summary>
/// <param name="Kind">In two words, to count by.</param>
/// <param name="Text">A clause about the line.</param>
internal sealed record LineFault(string Kind, string Text);
