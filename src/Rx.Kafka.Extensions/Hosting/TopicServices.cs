using Microsoft.Extensions.DependencyInjection;

namespace Rx.Kafka.Hosting;

/// <summary>A typed topic in the container: by its name, and by its type as long as no other topic has that.</summary>
internal static class TopicServices
{
    public static void Add<T>(IServiceCollection services, string name, Func<IServiceProvider, T> make)
        where T : class
    {
        var isThere = services.Any(
            service => service.ServiceType == typeof(T) && service.IsKeyedService && Equals(service.ServiceKey, name));
        services.AddKeyedSingleton(name, (provider, _) => make(provider));
        var others = services.Where(static service => service.ServiceType == typeof(T) && !service.IsKeyedService).ToList();
        if (others.Count == 0)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<T>(name));
            return;
        }

        if (isThere)
        {
            // The last one counts, by its name and by its type.
            return;
        }

        // The last one would win, and records would go to a topic that nobody meant.
        others.ForEach(other => services.Remove(other));
        services.AddSingleton<T>(_ => throw new InvalidOperationException(
            $"Several topics have these types, '{name}' and others: ask for one by its name, [FromKeyedServices(\"{name}\")]."));
    }
}
