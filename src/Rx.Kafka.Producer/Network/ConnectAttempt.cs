using System.Net;

namespace Rx.Kafka.Network;

/// <summary>One attempt to connect, and what came of it.</summary>
internal sealed class ConnectAttempt(EndPoint endPoint)
{
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>What was opened; null = nothing, for <see cref="Failure"/>.</summary>
    public BrokerConnection? Connection { get; private set; }

    public Exception? Failure { get; set; }

    /// <summary>Nobody wants its connection any more. Owner's loop.</summary>
    public bool IsVoid { get; set; }

    /// <summary>Runs on the scheduler; the loop does not wait for it. Never faults.</summary>
    public async Task RunAsync(
        Connector connector, IConnectionOwner owner, TimeSpan timeout, Action<ConnectAttempt> ended, CancellationToken cancellationToken)
    {
        try
        {
            Connection = await connector.ConnectAsync(EndPoint, owner, timeout, cancellationToken);
        }
        catch (Exception e)
        {
            Failure = e;
        }

        ended(this);
    }
}

/// <summary>How the token is cancelled that a transport or a credential function has.</summary>
internal static class AttemptCancellation
{
    /// <summary>Cancels. What a function of the user's throws when it is told is its own fault; all others are told too.</summary>
    public static void CancelQuietly(this CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // Of one who was told.
        }
    }
}
