namespace Rx.Kafka.Testing.Wire;

/// <summary>Reads the records of an uncompressed section one by one.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> records)
{
    private WireReader _reader = new(records);

    public readonly int Remaining => _reader.Remaining;

    /// <summary>Reads a record's frame and fields; headers are decoded only on demand, but always walked over.</summary>
    public RawRecord Next(bool decodeHeaders)
    {
        var length = _reader.Varint();
        if (length < 0 || length > _reader.Remaining)
        {
            throw new WireException($"A record of {length} bytes is announced, but {_reader.Remaining} are left.");
        }

        var end = _reader.Position + length;
        var attributes = _reader.Int8();
        if (attributes != 0)
        {
            throw new WireException($"A record has attributes {attributes}; there are none.");
        }

        var timestampDelta = _reader.Varlong();
        var offsetDelta = _reader.Varint();
        var key = Field();
        var value = Field();
        var headers = Headers(decodeHeaders);
        return _reader.Position == end
            ? new RawRecord(timestampDelta, offsetDelta, key, value, headers)
            : throw new WireException($"A record says it is {length} bytes long, but its fields take {_reader.Position - end + length}.");
    }

    private Range? Field()
    {
        var length = _reader.Varint();
        if (length == -1)
        {
            return null;
        }

        var start = _reader.Position;
        _reader.Take(length);
        return start..(start + length);
    }

    private (Range Key, Range? Value)[] Headers(bool decode)
    {
        var count = _reader.Varint();
        if (count < 0 || count > _reader.Remaining)
        {
            throw new WireException($"A record announces {count} headers with {_reader.Remaining} bytes left.");
        }

        var headers = decode && count > 0 ? new (Range, Range?)[count] : [];
        for (var i = 0; i < count; i++)
        {
            var key = Field() ?? throw new WireException("A header's name is null.");
            var value = Field();
            if (decode)
            {
                headers[i] = (key, value);
            }
        }

        return headers;
    }
}
