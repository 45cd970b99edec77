using System.Runtime.CompilerServices;
using System.Text;

namespace Rx.Kafka;

/// <summary>
/// One record to publish. A value of 64 bytes that only refers to the caller's memory: topic, key, value and headers are not copied here.
/// </summary>
/// <remarks>
/// <para>The bytes are copied before <see cref="KafkaProducer.OnNext"/> or <see cref="KafkaProducer.EnqueueAsync"/> completes, and with
/// <see cref="KafkaProducer.SendAsync"/> before its result; <see cref="Delivery{T}.State"/> shows the caller's memory, so who re-sends it
/// must not have reused it.</para>
/// <para>Null is Kafka's null in every form, also as a null <c>byte[]</c> that is converted to <see cref="ReadOnlyMemory{T}"/>. Such
/// memory has no array and equals <see cref="ReadOnlyMemory{T}.Empty"/>, so that is null too: an empty key, value or header is written
/// <c>Array.Empty&lt;byte&gt;()</c> or <c>""</c>. An empty slice of an array is empty.</para>
/// <para>Equality compares content. <c>default(Record)</c> has no topic; producing it gives a failed delivery with <see
/// cref="ProduceErrorCode.InvalidRecord"/>.</para>
/// </remarks>
public readonly partial record struct Record
{
    // 8 + 16 + 16 + 8 + 8 + 4 + 4 = 64 bytes, one cache line; nullable auto-properties would take 96.
    private readonly string? _topic;
    private readonly ReadOnlyMemory<byte> _key;
    private readonly ReadOnlyMemory<byte> _value;
    private readonly RecordHeaders? _headers;
    private readonly long _timestampTicks;
    private readonly int _partition;
    private readonly Present _present;

    [Flags]
    private enum Present
    {
        Key = 1,
        Value = 2,
        Partition = 4,
        Timestamp = 8,
    }

    /// <summary>The topic's name; empty for <c>default(Record)</c>.</summary>
    public string Topic
    {
        get => _topic ?? "";
        init => _topic = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The key's bytes; null = no key. An empty key is a key.</summary>
    public ReadOnlyMemory<byte>? Key
    {
        get => HasKey ? (ReadOnlyMemory<byte>?)_key : null; // without the cast null would become empty memory
        init
        {
            _key = value.GetValueOrDefault();
            _present = With(Present.Key, !IsNull(_key));
        }
    }

    /// <summary>The value's bytes; null = Kafka's null.</summary>
    public ReadOnlyMemory<byte>? Value
    {
        get => HasValue ? (ReadOnlyMemory<byte>?)_value : null;
        init
        {
            _value = value.GetValueOrDefault();
            _present = With(Present.Value, !IsNull(_value));
        }
    }

    /// <summary>The partition, from 0; null = chosen by key or by the partitioner.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int? Partition
    {
        get => HasPartition ? _partition : null;
        init
        {
            if (value is < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A partition number counts from 0; leave it null to let the "
                    + "producer choose.");
            }

            _partition = value.GetValueOrDefault();
            _present = With(Present.Partition, value.HasValue);
        }
    }

    /// <summary>When the event happened, sent with millisecond precision; null = the time of acceptance. Not before 1970-01-01.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time lies before 1970-01-01.</exception>
    public DateTimeOffset? Timestamp
    {
        get => HasTimestamp ? new DateTimeOffset(_timestampTicks, TimeSpan.Zero) : null;
        init
        {
            if (value is { } time && time < DateTimeOffset.UnixEpoch)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Kafka's timestamps begin at 1970-01-01; leave it null for "
                    + "the time of acceptance.");
            }

            _timestampTicks = value.GetValueOrDefault().UtcTicks;
            _present = With(Present.Timestamp, value.HasValue);
        }
    }

    /// <summary>The headers, never null.</summary>
    public RecordHeaders Headers
    {
        get => _headers ?? RecordHeaders.Empty;
        init => _headers = value ?? throw new ArgumentNullException(nameof(value));
    }

    internal bool HasKey => (_present & Present.Key) != 0;

    internal bool HasValue => (_present & Present.Value) != 0;

    internal bool HasPartition => (_present & Present.Partition) != 0;

    internal bool HasTimestamp => (_present & Present.Timestamp) != 0;

    internal bool IsDefault => _topic is null;

    // The hot path reads these without the nullable wrappers.
    internal ReadOnlyMemory<byte> KeyMemory => _key;

    internal ReadOnlyMemory<byte> ValueMemory => _value;

    internal RecordHeaders? HeadersOrNull => _headers;

    internal int PartitionNumber => _partition;

    internal long TimestampMilliseconds => (_timestampTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <summary>A record that deletes <paramref name="key"/> on a compacted topic: its value is Kafka's null.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">The key to delete.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="topic"/> or <paramref name="key"/> is null: a tombstone without a key
    /// deletes nothing.</exception>
    public static Record Tombstone(string topic, ReadOnlyMemory<byte> key) => IsNull(key)
        ? throw new ArgumentNullException(nameof(key))
        : new(topic, (ReadOnlyMemory<byte>?)key, default(ReadOnlyMemory<byte>?));

    /// <inheritdoc cref="Tombstone(string, ReadOnlyMemory{byte})"/>
    public static Record Tombstone(string topic, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(topic, Utf8(key), default(byte[]));
    }

    /// <summary>Compares content: topic, key and value bytes, partition, timestamp and headers.</summary>
    /// <param name="other">The other record.</param>
    /// <returns>True when both would put the same bytes on the same log.</returns>
    public bool Equals(Record other) =>
        string.Equals(_topic, other._topic, StringComparison.Ordinal)
        && _present == other._present
        && _partition == other._partition
        && _timestampTicks == other._timestampTicks
        && _key.Span.SequenceEqual(other._key.Span)
        && _value.Span.SequenceEqual(other._value.Span)
        && Headers.Equals(other.Headers);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(_topic, StringComparer.Ordinal);
        hash.AddBytes(_key.Span);
        hash.AddBytes(_value.Span);
        hash.Add(_partition);
        hash.Add(_timestampTicks);
        hash.Add(_present);
        return hash.ToHashCode();
    }

    /// <summary>Topic, partition and sizes; never key or value, which may be secret.</summary>
    /// <returns>A short text for logs.</returns>
    public override string ToString() =>
        $"Record {{ Topic = {Topic}, Partition = "
        + $"{(HasPartition ? _partition.ToString(System.Globalization.CultureInfo.InvariantCulture) : "any")}, Key = "
        + $"{(HasKey ? $"{_key.Length} B" : "null")}, Value = {(HasValue ? $"{_value.Length} B" : "null")}, Headers = {Headers.Count} }}";

    /// <summary>
    /// Copies to a cleared place on the heap, field by field: a struct of four references would be copied by a call into the runtime.
    /// </summary>
    internal void CopyTo(ref Record cleared)
    {
        Unsafe.AsRef(in cleared._topic) = _topic;
        Unsafe.AsRef(in cleared._value) = _value;
        if (HasKey)
        {
            Unsafe.AsRef(in cleared._key) = _key;
        }

        if (_headers is not null)
        {
            Unsafe.AsRef(in cleared._headers) = _headers;
        }

        Unsafe.AsRef(in cleared._timestampTicks) = _timestampTicks;
        Unsafe.AsRef(in cleared._partition) = _partition;
        Unsafe.AsRef(in cleared._present) = _present;
    }

    /// <summary>The same record in new memory: for who keeps one whose memory its caller uses again.</summary>
    internal Record WithMemoryOfItsOwn()
    {
        var bytes = new byte[_key.Length + _value.Length];
        _key.CopyTo(bytes);
        _value.CopyTo(bytes.AsMemory(_key.Length));
        return this with
        {
            Headers = HeadersOrNull?.WithMemoryOfTheirOwn() ?? Headers,
            Key = HasKey ? (ReadOnlyMemory<byte>?)bytes.AsMemory(0, _key.Length) : null,
            Value = HasValue ? (ReadOnlyMemory<byte>?)bytes.AsMemory(_key.Length) : null,
        };
    }

    /// <summary>A null array that was converted is memory without an array; an empty array keeps its own.</summary>
    internal static bool IsNull(ReadOnlyMemory<byte> memory) => memory.Equals(default);

    internal static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private Present With(Present flag, bool on) => on ? _present | flag : _present & ~flag;
}
