using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <content>How a connection ends: retired when it is to be replaced, closed, read to its end.</content>
internal sealed partial class BrokerConnection
{
    /// <summary>No request is to follow those that are on their way. Owner's loop.</summary>
    public void Retire() => _isRetired = true;

    /// <summary>Retired, and its last bytes are written and answered: it can be closed without a loss. Owner's loop.</summary>
    public bool IsDrained => _isRetired && Requests.OldestSince == long.MaxValue && Volatile.Read(ref _write) == Idle;

    /// <summary>
    /// Closes the connection. Any thread; the first reason wins. Requests in flight are then told in the order sent, and the owner
    /// after them.
    /// </summary>
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
            writing = _write != Idle;
        }

        ConnectionEnd.Begin(_pipe, writing, _writeEnded, _settings.Scheduler);
    }

    private async Task RunAsync()
    {
        try
        {
            await _answers.RunAsync(_pipe.Input, this);
            var mayWantSasl = Requests.Count > 0 && _answers.Answers == Volatile.Read(ref _answersOfHandshake);
            if (mayWantSasl)
            {
                _settings.SaslQuestions.Add(EndPoint);
            }

            Close(ConnectionFault.ClosedByPeer(Name, Requests, mayWantSasl));
        }
        catch (Exception e)
        {
            Close(e is MalformedDataException malformed
                ? ConnectionFault.Malformed(Name, malformed)
                : ConnectionFault.Broken(Name, e, Requests));
        }

        await _writeEnded.Task;
        ConnectionEnd.Complete(_pipe, _writeFailure, Name, _settings.Logger);
        ConnectionEnd.TellRequests(this, Requests, _settings);
        _hasEnded = true;
        ConnectionEnd.Guarded(() => Volatile.Read(ref _owner)?.Closed(this, CloseReason!), Name, _settings.Logger);
    }
}
