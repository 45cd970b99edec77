using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Rx.Kafka;
using Rx.Kafka.Testing;

// Copies the rows of a table to a topic and remembers in a file how far it came. The worker is a process that dies twice in the middle,
// without a chance to tidy up, and each time goes on from its checkpoint: every row is on the topic at least once.

const int LastRow = 20_000, RowsPerCheckpoint = 100, Never = 0;
const int MostAhead = 1_000; // so many rows may be sent ahead of the loop: after a death they are sent again
var rows = new Topic<long, string>("rows", KafkaSerializers.Int64, KafkaSerializers.Utf8);

return args switch
{
    [] => await SuperviseAsync(),
    ["work", var servers, var file, var death] => await WorkAsync(servers.Split(','), new Checkpoint(file), int.Parse(death)),
    _ => 2,
};

// The program itself: what you would write.
async Task<int> WorkAsync(string[] servers, Checkpoint checkpoint, int death)
{
    await using var producer = new KafkaProducer(new() { BootstrapServers = servers, MaxUnobservedDeliveries = MostAhead });
    var table = RowsAfter(checkpoint.Read());
    await foreach (var delivery in table.DeliverTo(producer, row => rows.Record(row.Id, row.Text), preserveSourceOrder: true))
    {
        delivery.ThrowIfFailed();

        // Outcomes come in the order of the rows: with this one all rows before it are on the log.
        var id = delivery.State.Id;
        if (id % RowsPerCheckpoint == 0 || id == LastRow)
        {
            checkpoint.Save(id);
        }

        if (id == death)
        {
            Process.GetCurrentProcess().Kill(); // nothing is disposed, flushed or saved
        }
    }

    return 0;
}

// Instead of a table: rows in the order of their ids, read page by page.
static async IAsyncEnumerable<Row> RowsAfter(long id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
{
    while (id < LastRow)
    {
        if (id % 500 == 0)
        {
            await Task.Delay(1, cancellationToken);
        }

        yield return new Row(++id, $"the text of row {id}");
    }
}

// Starts workers, and after each one compares the checkpoint with the log.
async Task<int> SuperviseAsync()
{
    await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
    kafka.CreateTopic(rows.Name, partitions: 6);

    var directory = Directory.CreateTempSubdirectory("checkpoint");
    try
    {
        var file = Path.Combine(directory.FullName, "checkpoint");
        var isRight = true;
        foreach (var death in (int[])[7_350, 14_201, Never])
        {
            await RunAsync(kafka, file, death);
            isRight &= IsRight(kafka, file, death);
        }

        Console.WriteLine(isRight ? "every row is on the topic, and the checkpoint never was ahead of it" : "FAILED");
        return isRight ? 0 : 1;
    }
    finally
    {
        directory.Delete(recursive: true);
    }
}

// This program again, in a process of its own. One broker is late at first: its rows come after those of the others.
static async Task RunAsync(EmbeddedKafka kafka, string file, int death)
{
    kafka.Faults.On(ApiKey.Produce).Broker(2).Times(1).Delay(TimeSpan.FromMilliseconds(300));
    var program = Environment.ProcessPath!;
    string[] arguments = ["work", string.Join(',', kafka.BootstrapServers), file, death.ToString()];
    using var worker = Path.GetFileNameWithoutExtension(program) is "dotnet"
        ? Process.Start(program, [Environment.GetCommandLineArgs()[0], .. arguments])
        : Process.Start(program, arguments);
    await worker.WaitForExitAsync();
    Console.Write(worker.ExitCode == 0 ? "a worker came to the end" : $"a worker died ({worker.ExitCode})");
}

bool IsRight(EmbeddedKafka kafka, string file, int death)
{
    var checkpoint = new Checkpoint(file).Read();
    var log = kafka.ReadLog(rows.Name);
    var ids = log.Select(static record => BinaryPrimitives.ReadInt64BigEndian(record.Key!.Value.Span)).ToHashSet();
    var missing = Enumerable.Range(1, (int)checkpoint).Count(id => !ids.Contains(id));
    Console.WriteLine($": checkpoint {checkpoint:N0}, on the log {ids.Count:N0} rows, {log.Count - ids.Count:N0} of them again");
    if (missing > 0)
    {
        Console.Error.WriteLine($"{missing:N0} rows up to the checkpoint are not on the log");
    }

    return missing == 0 && checkpoint == (death == Never ? LastRow : death / RowsPerCheckpoint * RowsPerCheckpoint);
}

internal sealed record Row(long Id, string Text);

internal sealed class Checkpoint(string path)
{
    public long Read() => File.Exists(path) ? long.Parse(File.ReadAllText(path)) : 0;

    // Renamed, so that nobody ever reads half of it.
    public void Save(long id)
    {
        File.WriteAllText($"{path}.new", id.ToString());
        File.Move($"{path}.new", path, overwrite: true);
    }
}
