using Rx.Kafka.Testing.Groups;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>
/// A Fetch that waits: until its partitions have the bytes that it wants at least, one of them has something wrong, or its time is
/// over.
/// </summary>
internal static class FetchWait
{
    public static async ValueTask WaitAsync(AnswerContext context, FetchRequest request, CancellationToken end)
    {
        if (request.MaxWaitMs <= 0 || request.MinBytes <= 0 || request.Topics.Count == 0)
        {
            return;
        }

        var isOver = false;
        var next = new PendingAnswer<bool>();
        await using var timer = context.Cluster.Time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref isOver, true);
                Volatile.Read(ref next).Tell(true);
            },
            null,
            TimeSpan.FromMilliseconds(request.MaxWaitMs),
            Timeout.InfiniteTimeSpan);
        while (true)
        {
            // Watched before the look, so that nothing comes in between.
            var logs = Watched(context.Cluster, request, next);
            try
            {
                if (IsReady(context, request) || Volatile.Read(ref isOver))
                {
                    return;
                }

                await next.WaitAsync(end);
            }
            finally
            {
                logs.ForEach(log => log.Unwatch(next));
            }

            Volatile.Write(ref next, new PendingAnswer<bool>());
        }
    }

    private static List<PartitionLog> Watched(Cluster cluster, FetchRequest request, PendingAnswer<bool> watcher)
    {
        var logs = new List<PartitionLog>();
        foreach (var topic in request.Topics)
        {
            var log = cluster.Find(topic.Name);
            logs.AddRange(topic.Partitions.Select(partition => log?.Partition(partition.Index)).OfType<PartitionLog>());
        }

        logs.ForEach(log => log.Watch(watcher));
        return logs;
    }

    private static bool IsReady(AnswerContext context, FetchRequest request)
    {
        var bytes = 0L;
        foreach (var topic in request.Topics)
        {
            var log = context.Cluster.Find(topic.Name);
            foreach (var partition in topic.Partitions)
            {
                var (found, error) = FetchAnswer.Judge(context, log, partition);
                if (error != ErrorCode.None || context.Plan.Failing(topic.Name, partition.Index) is not null)
                {
                    return true;
                }

                bytes += Math.Min(found!.BytesFrom(partition.Offset), Math.Max(1, partition.MaxBytes));
            }
        }

        return bytes >= Math.Min(request.MinBytes, request.MaxBytes);
    }
}
