using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Network.Security;

namespace Rx.Kafka.Network;

/// <summary>
/// One connection to a broker. The write side belongs to the owner's loop, the read side to the read loop; what both touch is under
/// one lock that is never held across a call-out. Both ends of the pipe are completed by the read loop, after the last write has
/// ended: completing a <see cref="PipeWriter"/> under a writer's hands would give its memory back while it is being written.
/// </summary>
internal sealed partial class BrokerConnection
{
    /// <summary>So much is flushed at once: joining it with the next request saves nothing, and the broker has something to do.</summary>
    private const int LargeWriteBytes = 256 * 1024;

    // States of the write side.
    private const int Idle = 0;
    private const int Unflushed = 1;
    private const int Flushing = 2;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _writeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDuplexPipe _pipe;
    private readonly ConnectionSettings _settings;
    private readonly AnswerReader _answers;
    private IConnectionOwner? _owner;
    private Exception? _closeReason;
    private Exception? _writeFailure;
    private volatile bool _hasEnded;
    private volatile bool _isRetired;
    private long _lastSentAt;
    private int _write = Idle;
    private int _unflushedBytes;
    private int _answersOfHandshake = -1; // -1 = not through, or this client has said who it is

    /// <summary>Takes a pipe that is open; nothing is read before <see cref="Start"/>.</summary>
    public BrokerConnection(EndPoint endPoint, IDuplexPipe pipe, ConnectionSettings settings)
    {
        EndPoint = endPoint;
        Name = EndPointText.Of(endPoint);
        _pipe = pipe;
        _settings = settings;
        Requests = new InFlightRequests(settings.Time);
        _answers = new AnswerReader(Name, Requests, settings);
    }

    /// <summary>What this broker speaks; set by the handshake.</summary>
    public ApiVersionTable Versions { get; private set; } = new([]);

    /// <summary>How long the broker lets this client use the connection; null = for ever. Set by the handshake.</summary>
    public SaslSession? Session { get; private set; }

    /// <summary>Whether the handshake is through; before that nobody has reason to send much.</summary>
    public bool IsAdopted => Volatile.Read(ref _owner) is not null;

    /// <summary>Where to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The same as host:port, for messages.</summary>
    public string Name { get; }

    /// <summary>Open, not retired, and no flush pending.</summary>
    public bool CanSend => !IsClosed && !_isRetired && Volatile.Read(ref _writeFailure) is null && Volatile.Read(ref _write) != Flushing;

    /// <summary>Closed, or about to be: <see cref="IConnectionOwner.Closed"/> comes when the last request was told.</summary>
    public bool IsClosed => CloseReason is not null;

    /// <summary>Why it was closed; null = it is open.</summary>
    public Exception? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>Requests waiting for their answers.</summary>
    public int InFlight => Requests.Count;

    /// <summary>What this connection owes.</summary>
    public InFlightRequests Requests { get; }

    /// <summary>The timestamp at which bytes last came.</summary>
    public long LastByteAt => _answers.LastByteAt;

    /// <summary>The timestamp at which a request was last sent or bytes last came.</summary>
    public long LastUsedAt => Math.Max(Volatile.Read(ref _lastSentAt), LastByteAt);

    /// <summary>Closed, and all its requests were told.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Ends when the read loop has ended and both ends of the pipe are completed. Never faults.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the read loop.</summary>
    public void Start() =>
        Ended = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _settings.Scheduler).Unwrap();

    /// <summary>
    /// The handshake is through. False = the connection has closed in the meantime, and the owner will hear nothing of it.
    /// </summary>
    public bool Adopt(ApiVersionTable versions, IConnectionOwner owner, SaslSession? session = null, bool hasSaidWho = false)
    {
        lock (_gate)
        {
            Versions = versions;
            Session = session;
            Volatile.Write(ref _answersOfHandshake, hasSaidWho ? -1 : _answers.Answers);
            _owner = _closeReason is null ? owner : null;
            return _closeReason is null;
        }
    }

    /// <summary>
    /// Writes a request into the pipe, for <see cref="Flush"/> to send; never waits. Owner's loop only, when it can send.
    /// </summary>
    /// <param name="request">What to send.</param>
    /// <param name="as">The version; null = the highest that both sides speak. Only the handshake chooses.</param>
    /// <returns>False = closed, and nothing was handed over. True = the request will be told of its end; a flush must follow.</returns>
    /// <exception cref="KafkaException">The broker speaks no version of this API that we do: ask <see cref="Versions"/> first.</exception>
    /// <exception cref="InvalidOperationException">A flush is pending.</exception>
    public bool TryWrite(KafkaRequest request, short? @as = null)
    {
        if (@as is not { } version && !Versions.TryPick(request.Key, request.MaximumVersion, out version))
        {
            throw ConnectFailure.Unsupported(this, request.Key, request.MaximumVersion)!;
        }

        var bodyBytes = RequestFrame.Measure(request, version, _settings.ClientId);
        var now = _settings.Time.GetTimestamp();
        if (!TryBeginWrite(request, version))
        {
            return false;
        }

        // In flight before its first byte can be on the wire. Nobody is told of an end before the write is idle again.
        Requests.Add(request, now);
        Volatile.Write(ref _lastSentAt, now);
        try
        {
            RequestFrame.Write(_pipe.Output, request, bodyBytes, _settings.ClientId);
        }
        catch (Exception e)
        {
            // Part of a frame is in the pipe and must never be flushed, nor anything before or after it.
            EndWrite(e, tellOwner: false);
            Close(e);
            return true;
        }

        _unflushedBytes += bodyBytes;
        if (_unflushedBytes >= LargeWriteBytes)
        {
            Flush();
        }

        return true;
    }

    private bool TryBeginWrite(KafkaRequest request, short version)
    {
        lock (_gate)
        {
            if (_closeReason is not null || _writeFailure is not null)
            {
                return false;
            }

            if (_write == Flushing)
            {
                throw new InvalidOperationException("A flush is pending on this connection; send when CanSend is true again.");
            }

            _write = Unflushed;
            request.Version = version;
            request.CorrelationId = _settings.CorrelationIds.Next();
            return true;
        }
    }

    /// <summary>
    /// Starts the flush of what was written since the last one, several requests in one system call; never waits. Owner's loop only.
    /// </summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_write != Unflushed)
            {
                return;
            }

            _write = Flushing;
        }

        _ = FlushAsync();
    }

    /// <summary>Writes one request and flushes it.</summary>
    /// <inheritdoc cref="TryWrite"/>
    public bool TrySend(KafkaRequest request, short? @as = null)
    {
        var written = TryWrite(request, @as);
        Flush();
        return written;
    }

    /// <summary>Read loop: all answers that had come were told. After a failed write the last one ends the connection.</summary>
    internal void AnswersRead()
    {
        if (InFlight == 0 && Volatile.Read(ref _writeFailure) is { } failure)
        {
            Close(failure);
        }

        Volatile.Read(ref _owner)?.AnswersRead();
    }

    private async Task FlushAsync()
    {
        Exception? failure = null;
        var waited = false;
        try
        {
            var flush = _pipe.Output.FlushAsync();
            waited = !flush.IsCompleted;
            var result = await flush;
            failure = result.IsCanceled ? CloseReason
                : result.IsCompleted ? ConnectionFault.ClosedByPeer(Name, Requests)
                : null;
        }
        catch (Exception e)
        {
            failure = ConnectionFault.Broken(Name, e, Requests);
        }

        EndWrite(failure, tellOwner: waited || failure is not null);
    }

    private void EndWrite(Exception? failure, bool tellOwner)
    {
        // Told while the write still counts as running, so that the owner hears of the connection's end only after it.
        Requests.Written(failure);
        _unflushedBytes = 0;
        bool closed;
        lock (_gate)
        {
            _write = Idle;
            _writeFailure = failure;
            closed = _closeReason is not null;
        }

        if (closed)
        {
            _writeEnded.TrySetResult();
        }
        else if (failure is not null && InFlight == 0)
        {
            Close(failure);
        }
        else if (tellOwner)
        {
            // After a failure with answers still to come the read loop goes on to the end of the stream: a broker may have answered
            // before it closed.
            Volatile.Read(ref _owner)?.Flushed(this);
        }
    }
}
