using Microsoft.Extensions.Logging;
using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Produce;

/// <summary>One run of <c>produce</c>.</summary>
internal sealed class ProduceRun(ProducePlan plan, KafkaProducerOptions options, Surroundings around, ILoggerFactory? log)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineTick = TimeSpan.FromSeconds(2);

    private readonly Troubles _troubles = new(around);

    /// <summary>Sends everything, and shows how it goes.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="KafkaException">No broker can be reached; nothing was sent.</exception>
    public async Task<int> RunAsync()
    {
        await using var producer = new KafkaProducer(options, log);
        try
        {
            await producer.ConnectAsync(around.Stop);
        }
        catch (OperationCanceledException) when (around.Stop.IsCancellationRequested)
        {
            throw new KafkaException("Stopped before a broker answered.");
        }

        var tally = new Tally(around.Time);
        var source = new ProduceSource(plan, around, tally, _troubles);
        var view = new ProduceView(source, tally, around.Out.Profile.Capabilities);
        var delivering = DeliverAsync(source, tally, producer);
        await (around.IsLive ? PaintAsync(view, producer, delivering) : WriteAsync(view, delivering));
        await delivering;
        around.Out.Write(view.Summary());
        around.Out.WriteLine();
        return tally.Look() is { Failed: 0 } look && look.Acknowledged == look.Offered ? ExitCodes.Success : ExitCodes.SomeFailed;
    }

    /// <summary>Ends when each record has its outcome, also after a stop.</summary>
    private async Task DeliverAsync(ProduceSource source, Tally tally, KafkaProducer producer)
    {
        try
        {
            await foreach (var delivery in source.ReadAsync().DeliverTo(producer, static outgoing => outgoing.Record))
            {
                if (delivery.Succeeded)
                {
                    tally.Acknowledge(delivery.State);
                    continue;
                }

                tally.Fail(delivery.Error.Code.ToString());
                _troubles.Tell($"{delivery.State.Origin}, line {delivery.State.Number}: {delivery.Error.Message}");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            tally.Fail("unreadable input");
            _troubles.Tell($"The input cannot be read to its end: {fault.Message}");
        }
    }

    private Task PaintAsync(ProduceView view, KafkaProducer producer, Task delivering) =>
        around.Out.Live(view.Picture(producer.GetStatus())).AutoClear(true).StartAsync(async screen =>
        {
            using var timer = new PeriodicTimer(Tick, around.Time);
            while (await NextAsync(timer, delivering))
            {
                screen.UpdateTarget(view.Picture(producer.GetStatus()));
            }
        });

    private async Task WriteAsync(ProduceView view, Task delivering)
    {
        using var timer = new PeriodicTimer(LineTick, around.Time);
        while (await NextAsync(timer, delivering))
        {
            around.Out.Tell(view.Line());
        }
    }

    /// <summary>False = all has its outcome.</summary>
    private static async Task<bool> NextAsync(PeriodicTimer timer, Task delivering) =>
        await Task.WhenAny(delivering, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != delivering;
}
