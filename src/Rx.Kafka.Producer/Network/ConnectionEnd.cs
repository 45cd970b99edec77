using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Network;

/// <summary>The steps of a write's and of a connection's end.</summary>
internal static class ConnectionEnd
{
    /// <summary>Stops what waits in the pipe; a write that is under way ends by itself then.</summary>
    public static void Begin(IDuplexPipe pipe, bool writing, TaskCompletionSource writeEnded, TaskScheduler scheduler)
    {
        if (TaskScheduler.Current != scheduler)
        {
            // A pipe may run the read loop right here, and it would go on wherever the caller is.
            _ = Task.Factory.StartNew(
                () => Begin(pipe, writing, writeEnded, scheduler), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
            return;
        }

        try
        {
            pipe.Input.CancelPendingRead();
            if (writing)
            {
                pipe.Output.CancelPendingFlush();
            }
        }
        catch (ObjectDisposedException)
        {
            // The read loop was faster, and has completed that end already.
        }

        if (!writing)
        {
            writeEnded.TrySetResult();
        }
    }

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

    /// <summary>Tells the requests in flight in the order sent.</summary>
    public static void TellRequests(BrokerConnection connection, InFlightRequests inFlight, ConnectionSettings settings)
    {
        var cause = connection.CloseReason!;
        while (inFlight.TryPeek(out var request))
        {
            inFlight.Remove(settings.Time.GetTimestamp());
            Guarded(() => request.Lost(cause), connection.Name, settings.Logger);
        }
    }

    /// <summary>One owner's fault must not keep the news from the others.</summary>
    public static void Guarded(Action call, string name, ILogger logger)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            NetworkLog.OwnerFailed(logger, name, e);
        }
    }
}
