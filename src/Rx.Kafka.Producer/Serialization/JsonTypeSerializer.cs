using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;

namespace Rx.Kafka.Serialization;

/// <summary>JSON of one type, as a source generator describes it. Its writers are kept: making one for each value would allocate.</summary>
internal sealed class JsonTypeSerializer<T>(JsonTypeInfo<T> type) : IKafkaSerializer<T>
{
    private readonly DefaultObjectPool<Utf8JsonWriter> _writers = new(new WriterPolicy(type.Options));

    public bool Serialize(T value, IBufferWriter<byte> destination)
    {
        if (value is null)
        {
            return false;
        }

        var writer = _writers.Get();
        writer.Reset(destination);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        _writers.Return(writer);
        return true;
    }

    private sealed class WriterPolicy(JsonSerializerOptions options) : PooledObjectPolicy<Utf8JsonWriter>
    {
        private readonly JsonWriterOptions _options = new()
        {
            Encoder = options.Encoder,
            Indented = options.WriteIndented,
            IndentCharacter = options.IndentCharacter,
            IndentSize = options.IndentSize,
            NewLine = options.NewLine,
            MaxDepth = options.MaxDepth,
            SkipValidation = true, // as JsonSerializer's own writers: what the generated code writes is valid
        };

        // Its first destination is a stream that takes nothing; the real one comes with each value.
        public override Utf8JsonWriter Create() => new(Stream.Null, _options);

        public override bool Return(Utf8JsonWriter obj) => true;
    }
}
