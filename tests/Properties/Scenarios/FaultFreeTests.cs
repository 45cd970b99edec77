using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L1, L2, L17-L25, L29, L36, L38, L39, S1 where nothing goes wrong but what the callers do themselves.</summary>
public class FaultFreeTests
{
    [Fact]
    [Law("L1", "L2", "L17", "L21", "L22", "L23", "L24", "L25", "L29", "L38")]
    public void Every_record_gets_to_its_place_and_says_so() =>
        ScenarioLaw.Check("L17, L21-L25, L38", new ScenarioProfile(), 1000, static run =>
        {
            AllArrive(run);
            NoneWaitsInVain(run);
        });

    // The loop sleeps until the linger is over, and nothing but the record that fills the batch to the byte can wake it.
    [Fact]
    public void A_full_batch_does_not_wait_for_its_linger()
    {
        const int RecordBytes = 8;
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var warm = world.Succeed("warm");
                await world.Producer.FlushAsync();
                await warm;
                var first = world.SendEach(0, "a");
                await world.Delay(10);
                Assert.False(first[0].IsCompleted);
                var second = world.SendEach(0, "b");
                await world.Delay(10);
                Assert.All([.. first, .. second], static sending => Assert.True(sending.IsCompleted));
                Assert.Equal(["warm", "a", "b"], world.Log());
            },
            new Setup { BatchSize = RecordBatchHeader.Size + (2 * RecordBytes), LingerMs = 60_000 });
    }

    [Fact]
    [Law("L17", "L22", "L23", "L25", "L54")]
    public void By_whatever_sink_or_operator_a_record_comes() =>
        ScenarioLaw.Check("L17, L22, L23, L25, L54", new ScenarioProfile { Sinks = true, SmallMemory = true }, 1000, NothingIsRefusedButForMemory);

    [Fact]
    [Law("L36", "L39")]
    public void So_it_is_whatever_the_end() =>
        ScenarioLaw.Check("L36, L39", new ScenarioProfile { Endings = true, Watches = true }, 1000, AcceptedArrive);

    // L18: what the outer await of EnqueueAsync withdraws is not on the log; the model checks it.
    [Fact]
    [Law("L18")]
    public void Cancelled_records_are_withdrawn_or_go_their_way() =>
        ScenarioLaw.Check("L18", new ScenarioProfile { Cancels = true, SmallMemory = true, Endings = true }, 1000);

    // L19: what has no memory fails at MaxBlock exactly; the model checks it.
    [Fact]
    [Law("L13", "L17", "L19", "L21")]
    public void Full_memory_holds_callers_up_for_max_block_and_no_longer() =>
        ScenarioLaw.Check("L13, L17, L19, L21", new ScenarioProfile { SmallMemory = true }, 1000);

    [Fact]
    public void Purged_records_fail_and_later_ones_do_not() =>
        ScenarioLaw.Check("purge", new ScenarioProfile { Purges = true, SmallMemory = true, Cancels = true, Endings = true }, 1000);

    [Fact]
    [Law("L39")]
    public void Dispose_keeps_its_time_and_leaves_nothing() =>
        ScenarioLaw.Check("L39", new ScenarioProfile { Endings = true, Disposes = true, ShortTimeouts = true, SmallMemory = true }, 1000);

    private static void NothingIsRefusedButForMemory(ScenarioRun run) => Assert.All(
        run.Records,
        static record => Assert.True(record.Succeeded || record.Error?.Code is ProduceErrorCode.BufferFull or ProduceErrorCode.MetadataTimeout or ProduceErrorCode.Omitted or ProduceErrorCode.RecordTooLarge, record.ToString()));

    private static void AcceptedArrive(ScenarioRun run) =>
        Assert.All(run.Records, static record => Assert.True(record.Succeeded || (record.AcceptedAt is null && record.Error?.Code == ProduceErrorCode.Closed), record.ToString()));

    /// <summary>Only linger, round trips (the first ones of the connections and those of batches before it) and the line hold a record up: a loop that nobody wakes would show here.</summary>
    private static void NoneWaitsInVain(ScenarioRun run)
    {
        var setup = run.Scenario.Setup;
        var most = TimeSpan.FromMilliseconds(setup.LingerMs + 1 + ((run.Records.Count + 10) * 2 * setup.LatencyMs));
        Assert.All(run.Records, record => Assert.True(record.DoneAt - (record.AcceptedAt ?? record.OfferedAt) <= most, $"took longer than {most.TotalMilliseconds} ms: {record}"));
    }

    private static void AllArrive(ScenarioRun run) => Assert.All(run.Records, static record => Assert.True(record.Succeeded, record.ToString()));
}
