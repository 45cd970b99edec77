using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Hosting;

/// <summary>Runs a pipeline with its host: from when all services have started until the host stops.</summary>
/// <param name="services">The container; it makes the run when the options of all producers have been found right.</param>
/// <param name="key">Under which the container has the run.</param>
/// <param name="name">For the log.</param>
/// <param name="failure">What a failure means for the host.</param>
internal sealed class PipelineService(IServiceProvider services, object key, string name, KafkaPipelineFailure failure)
    : IHostedLifecycleService
{
    private readonly ILogger _logger = HostingLog.LoggerOf(services);
    private readonly IHostApplicationLifetime _lifetime = services.GetRequiredService<IHostApplicationLifetime>();
    private PipelineRun? _run;
    private Task? _running;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = services.GetRequiredKeyedService<PipelineRun>(key);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // A source may hold the thread that subscribes.
        _running = Task.Factory
            .StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default)
            .Unwrap();
        HostingLog.PipelineStarted(_logger, name);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_run is null || _running is null)
        {
            return;
        }

        // A pipeline that has failed before does not wait for its source to be left; the stop does.
        var ended = Task.WhenAll(_running, _run.Stop());
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!ended.IsCompleted)
        {
            _run.Abandon();
            HostingLog.PipelineNotDrained(_logger, name);
            if (_running.IsFaulted)
            {
                await _running;
            }
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Faults if the host is to fail with the pipeline.</summary>
    private async Task RunAsync()
    {
        try
        {
            await _run!.RunAsync();
            HostingLog.PipelineEnded(_logger, name);
        }
        catch (Exception) when (_run!.IsAbandoned)
        {
            // Event 604 has told that it did not end in time, and this comes of it.
        }
        catch (Exception e) when (failure == KafkaPipelineFailure.Ignore)
        {
            HostingLog.PipelineFailed(_logger, e, name);
        }
        catch (Exception e) when (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            HostingLog.PipelineFailedInStop(_logger, e, name);
            throw;
        }
        catch (Exception e)
        {
            HostingLog.PipelineStopsHost(_logger, e, name);
            _lifetime.StopApplication();
            throw;
        }
    }
}
