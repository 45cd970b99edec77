using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Hosting;

/// <summary>
/// Keeps the end of a producer within the host's shutdown timeout. When all services have stopped, what was accepted is sent; what has no
/// outcome when that time is over is given up, so that the container's dispose does not wait for CloseTimeout as well (docs/adr/0029).
/// </summary>
internal sealed class ProducerDrain(ProducerSlot slot, ILogger logger) : IHostedLifecycleService
{
    private const string OutOfTime =
        "the host's shutdown timeout (HostOptions.ShutdownTimeout) was over before brokers had answered; raise it if they need longer.";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (slot.Producer is not { } producer)
        {
            return;
        }

        try
        {
            await producer.FlushAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            HostingLog.GivenUp(logger, slot.Name.Length == 0 ? "(unnamed)" : slot.Name, producer.GetStatus().BufferUsed);
            await producer.PurgeAsync(OutOfTime, CancellationToken.None);
        }
    }
}
