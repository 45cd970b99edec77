using System.Threading.Channels;
using Rx.Kafka.Tool.Showing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.Kafka.Tool.Top;

/// <summary>Shows rounds of readings: painted over on a screen, else one after the other.</summary>
internal sealed class TopScreen(string process, Surroundings around)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, ClientView> _clients = new(StringComparer.Ordinal);

    /// <summary>Shows so many rounds, or until the user or the process ends.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ChannelReader<IReadOnlyList<Reading>> feed, int rounds)
    {
        var shown = 0;
        if (around.IsLive)
        {
            await around.Out.Live(new Text($"{process}: waiting for its first numbers")).StartAsync(async screen =>
            {
                for (; shown < rounds && await NextAsync(feed, shown) is { } round; shown++)
                {
                    screen.UpdateTarget(Picture(round));
                }
            });
        }
        else
        {
            for (; shown < rounds && await NextAsync(feed, shown) is { } round; shown++)
            {
                around.Out.Write(Picture(round));
            }
        }

        if (shown == 0 && !around.Stop.IsCancellationRequested)
        {
            around.Errors.Tell($"{process} measures nothing: it has no producer of Rx.Kafka.Producer, or made none yet.");
            return ExitCodes.NoConnection;
        }

        return ExitCodes.Success;
    }

    /// <summary>Null = it is over.</summary>
    private async Task<IReadOnlyList<Reading>?> NextAsync(ChannelReader<IReadOnlyList<Reading>> feed, int shown)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, around.Stop);
        if (shown == 0)
        {
            limit.CancelAfter(Patience);
        }

        try
        {
            return await feed.WaitToReadAsync(either.Token) && feed.TryRead(out var round) ? round : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException) when (shown > 0)
        {
            return null; // killed: it ends like one that ended by itself
        }
    }

    private Rows Picture(IReadOnlyList<Reading> round)
    {
        List<IRenderable> parts = [new Text(process, new Style(Color.Green))];
        foreach (var client in round
            .GroupBy(static one => one.Client, StringComparer.Ordinal)
            .OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            if (!_clients.TryGetValue(client.Key, out var view))
            {
                _clients[client.Key] = view = new ClientView(client.Key, around.Out.Profile.Capabilities);
            }

            parts.Add(view.Show([.. client]));
        }

        return new Rows(parts);
    }
}
