using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Options;

namespace Rx.Kafka.Sending;

/// <summary>When a broker's loop may connect again, how long that may take, and what is told of it. Owned by the loop.</summary>
internal sealed class ConnectAttempts
{
    private readonly SendingContext _context;
    private readonly Backoff _pause;
    private readonly Backoff _setup;
    private readonly LogRate _failures;
    private int _failed; // in a row

    public ConnectAttempts(SendingContext context)
    {
        var options = context.Options;
        _context = context;
        _pause = new Backoff(options.EffectiveReconnectBackoff, options.EffectiveReconnectBackoffMax, context.NewRandom());
        _setup = new Backoff(options.EffectiveConnectionSetupTimeout, options.ConnectionSetupTimeoutMax, context.NewRandom());
        _failures = context.Events.NewRate();
    }

    /// <summary>Not before this time; 0 = now.</summary>
    public long NotBefore { get; private set; }

    /// <summary>Why the last attempt failed; null after a success.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>How long the next attempt may take: longer each time.</summary>
    public TimeSpan NextSetupTimeout() => _setup.Next();

    /// <summary>The broker is somewhere else now, where nothing failed yet.</summary>
    public void BeginAnew() => NotBefore = 0;

    public void Succeeded(BrokerNode node, BrokerConnection connection)
    {
        _failed = 0;
        LastFailure = null;
        _pause.Reset();
        _setup.Reset();
        _context.Events.Connected(node.Id, connection.Name);
    }

    public void Failed(BrokerNode node, Exception cause)
    {
        LastFailure = cause.Message;
        _context.Events.ConnectFailed(node.Id, EndPointText.Of(node.Host, node.Port), ++_failed, Pause(), cause.Message, _failures);
    }

    /// <summary>A connection that was ready has ended.</summary>
    public void Ended(BrokerNode node, BrokerConnection connection, Exception cause)
    {
        var pause = Pause();
        if (cause is IntendedCloseException)
        {
            _context.Events.ConnectionClosed(node.Id, connection.Name, cause.Message);
        }
        else
        {
            _context.Events.ConnectionLost(node.Id, connection.Name, pause, cause.Message);
        }
    }

    private TimeSpan Pause()
    {
        var pause = _pause.Next();
        NotBefore = _context.Time.After(_context.Time.GetTimestamp(), pause);
        return pause;
    }
}
