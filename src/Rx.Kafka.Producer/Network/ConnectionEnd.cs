using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Network;

/// <summary>The last steps of a connection, on its read loop.</summary>
internal static class ConnectionEnd
{
    /// <summary>Completes both ends of the pipe, which closes it.</summary>
    public static void Complete(IDuplexPipe pipe, Exception? writeFailure, string name, ILogger logger)
    {
        try
        {
            // Without an exception a PipeWriter over a stream would write what is left, blocking.
            pipe.Input.Complete();
            pipe.Output.Complete(writeFailure);
        }
        catch (Exception e)
        {
            NetworkLog.CompletionFailed(logger, name, e);
        }
    }

    /// <summary>Tells the requests in flight in the order sent, and the owner after them.</summary>
    public static void Tell(BrokerConnection connection, InFlightRequests inFlight, IConnectionOwner? owner, ConnectionSettings settings)
    {
        var cause = connection.CloseReason!;
        while (inFlight.TryPeek(out var request))
        {
            inFlight.Remove(settings.Time.GetTimestamp());
            Guarded(() => request.Lost(cause), connection, settings);
        }

        Guarded(() => owner?.Closed(connection, cause), connection, settings);
    }

    /// <summary>One owner's fault must not keep the news from the others.</summary>
    private static void Guarded(Action call, BrokerConnection connection, ConnectionSettings settings)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            NetworkLog.OwnerFailed(settings.Logger, connection.Name, e);
        }
    }
}
