using System.Text;

namespace Rx.Kafka.Tool.Produce;

/// <summary>The records to send, pulled one after the other. What is wrong with a line is told, and the next one goes on.</summary>
internal sealed class ProduceSource(ProducePlan plan, Surroundings around, Tally tally, Troubles troubles)
{
    private const string StandardInput = "standard input";
    private readonly LineFormat _format = new(plan);
    private readonly Pace? _pace = plan.Rate is { } rate ? new Pace(rate, around.Time) : null;

    /// <summary>How much there is: records, or bytes; null = nobody knows.</summary>
    public long? Total => plan.Count
        ?? (plan.Size is null && plan.Files.Sum(static file => file.Length) is > 0 and var bytes ? bytes : null); // pipes have no length

    /// <summary>How much of <see cref="Total"/> was taken.</summary>
    public long Taken => plan.Count is null ? tally.Read : tally.Offered;

    /// <summary>All records, until the input ends, the count is reached, or the user stops it.</summary>
    public async IAsyncEnumerable<Outgoing> ReadAsync()
    {
        var all = plan.Size is { } size ? MadeUpAsync(size) : LinesAsync();
        var left = plan.Count ?? long.MaxValue;
        await using var each = all.GetAsyncEnumerator(CancellationToken.None);
        while (left-- > 0 && !around.Stop.IsCancellationRequested)
        {
            if (_pace is not null)
            {
                await _pace.WaitAsync(around.Stop);
            }

            if (around.Stop.IsCancellationRequested || !await each.MoveNextAsync())
            {
                yield break;
            }

            tally.Take();
            yield return each.Current;
        }
    }

    private async IAsyncEnumerable<Outgoing> MadeUpAsync(int size)
    {
        for (long number = 1; ; number++)
        {
            var value = new byte[size];
            value.AsSpan().Fill((byte)'.');
            var text = Encoding.ASCII.GetBytes($"{number} ");
            text.AsSpan(0, Math.Min(text.Length, size)).CopyTo(value);
            var record = new Record(plan.Topic, (ReadOnlyMemory<byte>?)null, value) { Headers = plan.Headers };
            yield return new Outgoing("record", number, record, around.Time.GetTimestamp());
            if (number % 4096 == 0)
            {
                await Task.Yield();
            }
        }
    }

    private async IAsyncEnumerable<Outgoing> LinesAsync()
    {
        if (plan.Files.Count == 0)
        {
            await using var input = around.OpenInput();
            await foreach (var outgoing in LinesOfAsync(StandardInput, input))
            {
                yield return outgoing;
            }
        }

        foreach (var file in plan.Files)
        {
            await using var input = file.OpenRead();
            await foreach (var outgoing in LinesOfAsync(file.Name, input))
            {
                yield return outgoing;
            }
        }
    }

    private async IAsyncEnumerable<Outgoing> LinesOfAsync(string origin, Stream input)
    {
        await foreach (var line in LineReader.ReadAsync(input, plan.LongestLine, tally.ReadMore, around.Stop))
        {
            if (_format.TryRead(line, out var record, out var fault))
            {
                yield return new Outgoing(origin, line.Number, record, around.Time.GetTimestamp());
            }
            else
            {
                tally.Take();
                tally.Fail(fault.Kind);
                troubles.Tell($"{origin}, line {line.Number}: {fault.Text}.");
            }
        }
    }
}
