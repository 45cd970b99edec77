using System.Buffers;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Network;

/// <summary>Walks over a Produce request and writes its answer on the way, without copying records or allocating anything.</summary>
internal ref struct ProduceScan
{
    /// <summary>Later ones name topics by id.</summary>
    public const short MostVersion = 12;

    // Where recordCount lies in a batch.
    private const int RecordCountAt = 57;

    private readonly short _key;
    private readonly short _version;
    private SequenceReader<byte> _reader;

    public ProduceScan(ReadOnlySequence<byte> frame)
    {
        _reader = new SequenceReader<byte>(frame);
        _key = Int16();
        _version = Int16();
    }

    /// <summary>Topics by name only; what serves it offers no more.</summary>
    public readonly bool IsProduce => _key == (short)ApiKey.Produce && _version <= MostVersion && Apis.Serves(ApiKey.Produce, _version);

    private readonly bool Flexible => Apis.IsFlexible(ApiKey.Produce, _version);

    /// <summary>Writes the response from its header on; false = acks 0 wants none.</summary>
    public bool Answer(AnsweredTopics topics, WireWriter answer)
    {
        answer.Int32(Int32()); // CorrelationId
        answer.NoTags(Flexible);
        Skip(Int16()); // ClientId
        SkipTags();
        SkipString(); // TransactionalId
        var acks = Int16();
        Int32(); // TimeoutMs
        var count = Count();
        answer.Count(count, Flexible);
        for (; count > 0; count--)
        {
            AnswerTopic(topics, answer);
        }

        SkipTags();
        answer.Int32(0); // ThrottleTimeMs
        answer.NoTags(Flexible);
        return acks != 0;
    }

    private static WireException CutOff() => new("A Produce request ends too early.");

    private void AnswerTopic(AnsweredTopics topics, WireWriter answer)
    {
        var length = Flexible ? (int)UVarint() - 1 : Int16();
        if (Flexible)
        {
            answer.UVarint((uint)(length + 1));
        }
        else
        {
            answer.Int16((short)length);
        }

        var name = answer.Take(length);
        if (!_reader.TryCopyTo(name))
        {
            throw CutOff();
        }

        var partitions = topics.Find(name);
        Skip(length);
        var count = Count();
        answer.Count(count, Flexible);
        for (; count > 0; count--)
        {
            AnswerPartition(topics, partitions, answer);
        }

        SkipTags();
        answer.NoTags(Flexible);
    }

    private void AnswerPartition(AnsweredTopics topics, long[]? partitions, WireWriter answer)
    {
        var index = Int32();
        var length = Count();
        Skip(RecordCountAt);
        var records = Int32();
        Skip(length - RecordCountAt - 4);
        SkipTags();
        var offset = topics.Append(partitions, index, records);
        answer.Int32(index);
        answer.Int16(offset < 0 ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None);
        answer.Int64(offset);
        answer.Int64(-1); // LogAppendTimeMs
        if (_version >= 5)
        {
            answer.Int64(0); // LogStartOffset
        }

        if (_version >= 8)
        {
            answer.Count(0, Flexible); // RecordErrors
            answer.String(null, Flexible); // ErrorMessage
        }

        answer.NoTags(Flexible);
    }

    private short Int16() => _reader.TryReadBigEndian(out short value) ? value : throw CutOff();

    private int Int32() => _reader.TryReadBigEndian(out int value) ? value : throw CutOff();

    private int Count() => Flexible ? (int)UVarint() - 1 : Int32();

    private uint UVarint()
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (!_reader.TryRead(out var b))
            {
                throw CutOff();
            }

            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw CutOff();
    }

    private void Skip(int bytes)
    {
        if (bytes > _reader.Remaining)
        {
            throw CutOff();
        }

        if (bytes > 0)
        {
            _reader.Advance(bytes);
        }
    }

    private void SkipString() => Skip(Flexible ? (int)UVarint() - 1 : Int16());

    private void SkipTags()
    {
        if (!Flexible)
        {
            return;
        }

        for (var count = UVarint(); count > 0; count--)
        {
            UVarint();
            Skip((int)UVarint());
        }
    }
}
