using Microsoft.Extensions.DependencyInjection;

namespace Rx.Kafka.Hosting;

/// <summary>The clock of health checks and of the end of pipelines: the application's, if it has registered one.</summary>
internal static class HostClock
{
    // The seam itself: only here the system's clock stands in.
    public static TimeProvider Of(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
