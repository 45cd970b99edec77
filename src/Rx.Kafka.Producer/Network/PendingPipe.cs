using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Network;

/// <summary>
/// A pipe a transport is opening. A transport that does not heed its token is not waited for; what it opens too late is closed. (Waiting by
/// <see cref="Task.WaitAsync(CancellationToken)"/> would go on wherever the transport completes, not on the scheduler.)
/// </summary>
internal sealed class PendingPipe(ILogger logger)
{
    private readonly TaskCompletionSource<IDuplexPipe> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens one, or gives up when the token says so.</summary>
    public async Task<IDuplexPipe> OpenAsync(ITransport transport, EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var givingUp = cancellationToken.UnsafeRegister(static (self, token) => ((PendingPipe)self!)._opened.TrySetCanceled(token), this);
        _ = TakeAsync(transport, endPoint, cancellationToken);
        return await _opened.Task;
    }

    private async Task TakeAsync(ITransport transport, EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            var pipe = await transport.ConnectAsync(endPoint, cancellationToken);
            if (!_opened.TrySetResult(pipe))
            {
                await pipe.Input.CompleteAsync();
                await pipe.Output.CompleteAsync();
            }
        }
        catch (Exception e)
        {
            if (!_opened.TrySetException(e))
            {
                NetworkLog.AbandonedConnectFailed(logger, e);
            }
        }
    }
}
