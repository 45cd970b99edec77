using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>
/// The read side of a connection: cuts what comes into frames and gives each to the request it answers. It decides nothing. Owned by
/// the read loop.
/// </summary>
internal sealed class AnswerReader
{
    /// <summary>Before the handshake is through a peer may be anybody: the longest answer, that of ApiVersions, has a few KiB.</summary>
    private const int MaximumHandshakeFrameBytes = 1024 * 1024;

    private readonly string _endPoint;
    private readonly InFlightRequests _inFlight;
    private readonly ConnectionSettings _settings;
    private long _lastByteAt;
    private bool _oddityLogged;

    public AnswerReader(string endPoint, InFlightRequests inFlight, ConnectionSettings settings)
    {
        _endPoint = endPoint;
        _inFlight = inFlight;
        _settings = settings;
        _lastByteAt = settings.Time.GetTimestamp();
    }

    /// <summary>When bytes last came. Any thread.</summary>
    public long LastByteAt => Volatile.Read(ref _lastByteAt);

    /// <summary>How many answers were read. Read loop, and the connect task before it.</summary>
    public int Answers { get; private set; }

    /// <summary>Reads to the end of the stream, or until the connection is closed.</summary>
    /// <exception cref="MalformedDataException">What came is not what the protocol says.</exception>
    public async Task RunAsync(PipeReader input, BrokerConnection connection)
    {
        while (true)
        {
            var result = await input.ReadAsync();
            if (connection.IsClosed)
            {
                return;
            }

            var buffer = result.Buffer;
            if (!buffer.IsEmpty)
            {
                Volatile.Write(ref _lastByteAt, _settings.Time.GetTimestamp());
            }

            var limit = connection.IsAdopted
                ? _settings.MaximumFrameBytes
                : Math.Min(_settings.MaximumFrameBytes, MaximumHandshakeFrameBytes);
            while (FrameDecoder.TryRead(ref buffer, limit, out var frame))
            {
                Decode(frame);
            }

            if (result.IsCompleted)
            {
                return;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            connection.AnswersRead();
        }
    }

    private void Decode(in ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            Decode(frame.FirstSpan);
            return;
        }

        var length = checked((int)frame.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.CopyTo(rented);
            Decode(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Decode(ReadOnlySpan<byte> frame)
    {
        var reader = new KafkaReader(frame);
        var ahead = reader;
        if (!IsForOldest(ahead.Int32(), out var request))
        {
            return;
        }

        ResponseHeader.Read(ref reader, request.Key, request.Version);
        request.ReadBody(ref reader, request.Version);
        if (reader.Remaining > 0 && FirstOddity())
        {
            NetworkLog.SurplusBytes(_settings.Logger, _endPoint);
        }

        // Removed only now: a body that cannot be read leaves its request to be told with the others.
        _inFlight.Remove(_settings.Time.GetTimestamp());
        Answers++;
        request.Answered();
    }

    /// <summary>Answers come in the order of the requests, so a number must be the oldest request's.</summary>
    private bool IsForOldest(int correlationId, [NotNullWhen(true)] out KafkaRequest? request)
    {
        if (_inFlight.TryPeek(out request) && request.CorrelationId == correlationId)
        {
            return true;
        }

        // librdkafka's mock broker answers acks = 0.
        if (_inFlight.IsUnanswerable(correlationId))
        {
            if (FirstOddity())
            {
                NetworkLog.UnaskedAnswer(_settings.Logger, _endPoint);
            }

            return false;
        }

        throw new MalformedDataException(request is null
            ? $"an answer with number {correlationId} came, but no request waits for one."
            : $"an answer with number {correlationId} came, but the oldest waiting request has number {request.CorrelationId}.");
    }

    private bool FirstOddity()
    {
        var first = !_oddityLogged;
        _oddityLogged = true;
        return first;
    }
}
