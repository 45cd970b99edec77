using System.Text;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Telemetry;

public sealed class ProtobufWriterTests
{
    // Sizes on both sides of where a length takes another byte, one message inside the other.
    [Theory]
    [InlineData(0)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void What_is_written_is_read_back_by_other_code(int size)
    {
        var text = new string('x', size);
        var writer = new ProtobufWriter();
        var outer = writer.Begin(1);
        var inner = writer.Begin(20);
        writer.String(2, text);
        writer.Double(3, 0.25);
        writer.End(inner);
        writer.UInt(4, uint.MaxValue);
        writer.End(outer);
        writer.Bool(5, value: true);

        var message = OtlpReader.Fields(writer.Written);
        Assert.Equal([1, 5], message.Select(static field => field.Field));
        Assert.Equal(1, BitConverter.ToInt64(message[1].Content.Span));
        var middle = OtlpReader.Fields(message[0].Content);
        Assert.Equal([20, 4], middle.Select(static field => field.Field));
        Assert.Equal(uint.MaxValue, BitConverter.ToUInt64(middle[1].Content.Span));
        var deepest = OtlpReader.Fields(middle[0].Content);
        Assert.Equal([2, 3], deepest.Select(static field => field.Field));
        Assert.Equal(text, Encoding.UTF8.GetString(deepest[0].Content.Span));
        Assert.Equal(0.25, BitConverter.ToDouble(deepest[1].Content.Span));
    }
}
