using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>
/// One connection to a broker. The write side belongs to the owner's loop, the read side to the read loop; what both touch is under one lock
/// that is never held across a call-out. Both ends of the pipe are completed by the read loop, after the last write has ended: completing a
/// <see cref="PipeWriter"/> under a writer's hands would give its memory back while it is being written.
/// </summary>
internal sealed class BrokerConnection
{
    private readonly Lock _gate = new();
    private readonly InFlightRequests _inFlight = new();
    private readonly TaskCompletionSource _writeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDuplexPipe _pipe;
    private readonly ConnectionSettings _settings;
    private readonly AnswerReader _answers;
    private IConnectionOwner? _owner;
    private Exception? _closeReason;
    private Exception? _writeFailure;
    private KafkaRequest? _unanswerable; // being flushed, without an answer to come
    private long _lastSentAt;
    private bool _writing;

    /// <summary>Takes a pipe that is open; nothing is read before <see cref="Start"/>.</summary>
    public BrokerConnection(EndPoint endPoint, IDuplexPipe pipe, ConnectionSettings settings)
    {
        EndPoint = endPoint;
        Name = EndPointText.Of(endPoint);
        _pipe = pipe;
        _settings = settings;
        _answers = new AnswerReader(Name, _inFlight, settings);
    }

    /// <summary>What this broker speaks; set by the handshake.</summary>
    public ApiVersionTable Versions { get; private set; } = new([]);

    /// <summary>Where to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The same as host:port, for messages.</summary>
    public string Name { get; }

    /// <summary>Open, and no flush pending.</summary>
    public bool CanSend => !IsClosed && Volatile.Read(ref _writeFailure) is null && !Volatile.Read(ref _writing);

    /// <summary>Closed, or about to be: <see cref="IConnectionOwner.Closed"/> comes when the last request was told.</summary>
    public bool IsClosed => CloseReason is not null;

    /// <summary>Why it was closed; null = it is open.</summary>
    public Exception? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>Requests waiting for their answers.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>The timestamp at which the oldest unanswered request became the oldest; long.MaxValue if there is none.</summary>
    public long OldestSince => _inFlight.OldestSince;

    /// <summary>The timestamp at which bytes last came.</summary>
    public long LastByteAt => _answers.LastByteAt;

    /// <summary>The timestamp at which a request was last sent or bytes last came.</summary>
    public long LastUsedAt => Math.Max(Volatile.Read(ref _lastSentAt), LastByteAt);

    /// <summary>Ends when the read loop has ended and both ends of the pipe are completed. Never faults.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the read loop.</summary>
    public void Start() => Ended = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _settings.Scheduler).Unwrap();

    /// <summary>The handshake is through. False = the connection has closed in the meantime, and the owner will hear nothing of it.</summary>
    public bool Adopt(ApiVersionTable versions, IConnectionOwner owner)
    {
        lock (_gate)
        {
            Versions = versions;
            _owner = _closeReason is null ? owner : null;
            return _closeReason is null;
        }
    }

    /// <summary>Writes a request into the pipe and starts the flush; never waits. Owner's loop only, when <see cref="CanSend"/>.</summary>
    /// <returns>False = closed; nothing was handed to the <see cref="PipeWriter"/>. True = the request will be told of its end.</returns>
    /// <exception cref="KafkaException">The broker speaks no version of this API that we do: ask <see cref="Versions"/> first.</exception>
    /// <exception cref="InvalidOperationException">A flush is pending.</exception>
    public bool TrySend(KafkaRequest request)
    {
        if (!Versions.TryPick(request.Key, request.MaximumVersion, out var version))
        {
            throw new KafkaException($"{Name} offers {request.Key} in versions {Versions.Describe(request.Key)}; this client speaks {ApiVersion.Supported(request.Key).Min}-{request.MaximumVersion}. Use a broker that supports one of these.");
        }

        return TrySendAs(request, version);
    }

    /// <summary>The same with a version chosen by the caller: the handshake, before anything is known of the broker.</summary>
    public bool TrySendAs(KafkaRequest request, short version)
    {
        var bodyBytes = RequestFrame.Measure(request, version, _settings.ClientId);
        var now = _settings.Time.GetTimestamp();
        lock (_gate)
        {
            if (_closeReason is not null || _writeFailure is not null)
            {
                return false;
            }

            if (_writing)
            {
                throw new InvalidOperationException("A flush is pending on this connection; send when CanSend is true again.");
            }

            _writing = true;
            request.Version = version;
            request.CorrelationId = _settings.CorrelationIds.Next();
            request.SentAt = now;
            _unanswerable = request.ExpectsResponse ? null : request;
        }

        // In flight before its first byte can be on the wire. Nobody is told of an end while _writing holds.
        _inFlight.Add(request, now);
        Volatile.Write(ref _lastSentAt, now);
        try
        {
            RequestFrame.Write(_pipe.Output, request, bodyBytes, _settings.ClientId);
        }
        catch (Exception e)
        {
            // Part of a frame is in the pipe and must never be flushed, nor anything after it.
            EndWrite(e, tellOwner: false);
            Close(e);
            return true;
        }

        _ = FlushAsync();
        return true;
    }

    /// <summary>Closes the connection. Any thread; the first reason wins. Requests in flight are then told in the order sent, and the owner after them.</summary>
    public void Close(Exception reason)
    {
        bool writing;
        lock (_gate)
        {
            if (_closeReason is not null)
            {
                return;
            }

            _closeReason = reason;
            writing = _writing;
        }

        if (TaskScheduler.Current == _settings.Scheduler)
        {
            CancelPending(writing);
        }
        else
        {
            // A pipe may run the read loop right here, and it would go on wherever the caller is.
            _ = Task.Factory.StartNew(() => CancelPending(writing), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _settings.Scheduler);
        }
    }

    private void CancelPending(bool writing)
    {
        try
        {
            _pipe.Input.CancelPendingRead();
            if (writing)
            {
                _pipe.Output.CancelPendingFlush();
            }
        }
        catch (ObjectDisposedException)
        {
            // The read loop was faster, and has completed that end already.
        }

        if (!writing)
        {
            _writeEnded.TrySetResult();
        }
    }

    /// <summary>Read loop: the answers that had come were given to their requests. After a failed write the last one ends the connection.</summary>
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
                : result.IsCompleted ? ConnectionFault.ClosedByPeer(Name, InFlight)
                : null;
        }
        catch (Exception e)
        {
            failure = ConnectionFault.Broken(Name, e);
        }

        EndWrite(failure, tellOwner: waited || failure is not null);
    }

    private void EndWrite(Exception? failure, bool tellOwner)
    {
        // Told while the write still counts as running, so that the owner hears of the connection's end only after it.
        var unanswerable = Interlocked.Exchange(ref _unanswerable, null);
        if (failure is null)
        {
            unanswerable?.Flushed();
        }
        else
        {
            unanswerable?.Lost(failure);
        }

        bool closed;
        lock (_gate)
        {
            _writing = false;
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
            // After a failure with answers still to come the read loop goes on to the end of the stream: a broker may have answered before it closed.
            Volatile.Read(ref _owner)?.Flushed(this);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _answers.RunAsync(_pipe.Input, this);
            Close(ConnectionFault.ClosedByPeer(Name, InFlight));
        }
        catch (Exception e)
        {
            Close(e is MalformedDataException malformed ? ConnectionFault.Malformed(Name, malformed) : ConnectionFault.Broken(Name, e));
        }

        await _writeEnded.Task;
        ConnectionEnd.Complete(_pipe, _writeFailure, Name, _settings.Logger);
        ConnectionEnd.Tell(this, _inFlight, Volatile.Read(ref _owner), _settings);
    }
}
