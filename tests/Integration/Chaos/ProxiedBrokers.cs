using System.Globalization;
using Rx.Kafka.Integration.RealKafka;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>A proxy in front of each broker, and how producers come to it.</summary>
internal sealed class ProxiedBrokers : IAsyncDisposable
{
    private ProxiedBrokers(IReadOnlyList<ChaosProxy> proxies, string[] servers, ITransport? transport) =>
        (Proxies, Servers, Transport) = (proxies, servers, transport);

    public IReadOnlyList<ChaosProxy> Proxies { get; }

    /// <summary>What producers begin with.</summary>
    public string[] Servers { get; }

    /// <summary>What leads producers to the proxies; null = the brokers themselves send them there.</summary>
    public ITransport? Transport { get; }

    /// <summary>In front of the listeners that producers use.</summary>
    public static async Task<ProxiedBrokers> StartAsync(Cluster cluster)
    {
        var servers = cluster.ProducerServers.Split(',');
        var proxies = servers.Select(static server => new ChaosProxy(int.Parse(server.Split(':')[1], CultureInfo.InvariantCulture))).ToArray();
        if (cluster.Security?.Tls is null)
        {
            return new(proxies, servers, new ProxyTransport(proxies));
        }

        // A transport of the tests would take the place of the producer's own, and of its TLS.
        for (var node = 0; node < proxies.Length; node++)
        {
            await AdvertiseAsync(Path.Combine(cluster.Directory, Text($"n{node}"), "server.properties"), servers[node], AddressOf(proxies[node]));
            await cluster.RunAsync("restart", Text($"{node}"));
        }

        return new(proxies, [.. proxies.Select(AddressOf)], null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies)
        {
            await proxy.DisposeAsync();
        }
    }

    private static async Task AdvertiseAsync(string file, string address, string instead)
    {
        const string Key = "advertised.listeners=";
        var lines = await File.ReadAllLinesAsync(file);
        var at = Array.FindIndex(lines, static line => line.StartsWith(Key, StringComparison.Ordinal));
        lines[at] = lines[at].Replace(address, instead, StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines);
    }

    private static string AddressOf(ChaosProxy proxy) => Text($"127.0.0.1:{proxy.Port}");

    private static string Text(IFormattable text) => text.ToString(null, CultureInfo.InvariantCulture);
}
