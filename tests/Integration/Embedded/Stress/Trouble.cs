using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>Cuts connections, moves leaders, and has a few batches refused.</summary>
internal sealed class Trouble(EmbeddedKafka kafka, Random random)
{
    public async Task RunAsync(Func<bool> isOver)
    {
        var brokers = kafka.BootstrapServers.Count;
        while (!isOver())
        {
            await Task.Delay(random.Next(10, 150));
            var produce = kafka.Faults.On(ApiKey.Produce);
            switch (random.Next(9))
            {
                case 0:
                    kafka.CutConnections(1 + random.Next(brokers));
                    break;
                case 1:
                    produce.CutConnection(afterAppend: true).Times(1);
                    break;
                case 2:
                    produce.CutConnection(afterAppend: false).Times(1);
                    break;
                case 3:
                    produce.Fail(6).Times(1 + random.Next(3));
                    break;
                case 4:
                    produce.Fail(7, afterAppend: true).Times(1);
                    break;
                case 5:
                    produce.Partition(random.Next(Round.Partitions)).Fail(87).Times(1 + random.Next(2));
                    break;
                case 6:
                    produce.RejectRecords(87, 0, 2).Times(1);
                    break;
                case 7:
                    produce.Delay(TimeSpan.FromMilliseconds(random.Next(50))).Times(1 + random.Next(4));
                    break;
                default:
                    kafka.MoveLeader("t", random.Next(Round.Partitions), 1 + random.Next(brokers));
                    break;
            }
        }
    }
}
