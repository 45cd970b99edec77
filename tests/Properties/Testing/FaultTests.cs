using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class FaultTests
{
    [Fact]
    public void An_error_hits_the_chosen_partition_the_chosen_times_and_appends_nothing() => Run(async (simulation, kafka, client) =>
    {
        var rule = kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(0).Skip(1).Fail(6).Times(2);
        Assert.Equal((int[])[0, 6, 6, 0], await Errors(client, "t", 0, 4));
        Assert.Equal(2, rule.Hits);
        Assert.Equal(2, kafka.NextOffset("t", 0));
        Assert.Equal(2, kafka.Counters.Refused);
    });

    [Fact]
    public void An_error_after_the_append_leaves_the_batch_on_the_log() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).Fail(7, afterAppend: true).Times(1);
        Assert.Equal((int[])[7, 0], await Errors(client, "t", 0, 2));
        Assert.Equal(2, kafka.NextOffset("t", 0));
    });

    [Fact]
    public void Other_topics_brokers_and_APIs_are_left_alone() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).Topic("other").Fail(6);
        kafka.Faults.On(ApiKey.Produce).Partition(7).Fail(6);
        kafka.Faults.On(ApiKey.Produce).Broker(2).Fail(6);
        kafka.Faults.On(ApiKey.Metadata).Fail(6);
        Assert.Equal((int[])[0], await Errors(client, "t", 0, 1));
        kafka.Faults.On(ApiKey.Produce).Fail(6);
        Assert.Equal((int[])[6], await Errors(client, "t", 0, 1));
        kafka.Faults.Clear();
        Assert.Equal((int[])[0], await Errors(client, "t", 0, 1));
    });

    [Fact]
    public void A_filter_that_nobody_would_heed_is_refused() => Run((simulation, kafka, client) =>
    {
        Assert.Contains("Produce, Fetch and Metadata", Assert.Throws<InvalidOperationException>(() => kafka.Faults.On(ApiKey.ListOffsets).Topic("t")).Message, StringComparison.Ordinal);
        Assert.Contains("Produce and Fetch", Assert.Throws<InvalidOperationException>(() => kafka.Faults.On(ApiKey.Metadata).Partition(0)).Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_cut_before_or_after_the_append_ends_the_connection(bool afterAppend, long appended) => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveAsync);
        Assert.Equal(appended, kafka.NextOffset("t", 0));
    });

    [Fact]
    public void Dropped_answers_do_not_keep_later_requests_from_being_served() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        var answer = client.ReceiveAsync();
        await Task.Delay(TimeSpan.FromHours(1), simulation.Time);
        Assert.False(answer.IsCompleted);
        Assert.Equal(2, kafka.NextOffset("t", 0));
    });

    [Fact]
    public void A_hanging_request_holds_up_everything_behind_it() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).Hang().Times(1);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Task.Delay(TimeSpan.FromHours(1), simulation.Time);
        Assert.Equal(0, kafka.NextOffset("t", 0));
        await client.CloseAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        Assert.Equal(0, kafka.Counters.ConnectionsOpen);
    });

    [Fact]
    public void Delays_and_throttles_take_virtual_time() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(3)).Times(1);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Task.Delay(TimeSpan.FromSeconds(2), simulation.Time);
        Assert.Equal(0, kafka.NextOffset("t", 0));
        Assert.Equal(0, (await client.ReceiveProducedAsync(9))!.BaseOffset);
        Assert.Equal(TimeSpan.FromSeconds(3), simulation.Time.Elapsed);

        kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromSeconds(3)).Times(1);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Task.Delay(TimeSpan.FromSeconds(2), simulation.Time);
        Assert.Equal(2, kafka.NextOffset("t", 0));
        Assert.Equal(1, (await client.ReceiveProducedAsync(9))!.BaseOffset);

        kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(10)).Times(1);
        Assert.Equal(10_000, (await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make()))!.ThrottleMs);
        Assert.Equal(TimeSpan.FromSeconds(6), simulation.Time.Elapsed);
        await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make());
        Assert.Equal(TimeSpan.FromSeconds(16), simulation.Time.Elapsed);
    });

    [Fact]
    public void Rejected_records_are_named_from_version_8_on() => Run(async (simulation, kafka, client) =>
    {
        kafka.Faults.On(ApiKey.Produce).RejectRecords(87, 1, 2, 9);
        var answer = await client.ProduceAsync(8, -1, "t", 0, RawBatch.Make(3));
        Assert.Equal(87, answer!.Error);
        Assert.Equal([1, 2], answer.Rejected);
    });

    [Fact]
    public void A_moved_leader_is_hinted_at_from_version_10_on() => Run(async (simulation, kafka, client) =>
    {
        kafka.MoveLeader("t", 0, 2);
        Assert.Equal(-1, (await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make()))!.LeaderId);
        var hinted = await client.ProduceAsync(10, -1, "t", 0, RawBatch.Make());
        Assert.Equal((6, 2, 1, "2=broker-2:9092"), (hinted!.Error, hinted.LeaderId, hinted.LeaderEpoch, hinted.Endpoints));
    });

    [Fact]
    public void A_mute_broker_accepts_and_says_nothing_until_it_is_restarted() => Run(async (simulation, kafka, client) =>
    {
        kafka.AcceptAndNeverAnswer(1);
        var mute = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        await mute.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Task.Delay(TimeSpan.FromHours(1), simulation.Time);
        Assert.Equal(0, kafka.NextOffset("t", 0));
        kafka.Restart(1);
        await Assert.ThrowsAnyAsync<IOException>(mute.ReceiveAsync);
        var again = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        Assert.Equal((int[])[0], await Errors(again, "t", 0, 1));
    });

    [Fact]
    public void A_stopped_brokers_partitions_are_led_by_others_and_stay_there() => Run(async (simulation, kafka, client) =>
    {
        kafka.Stop(1);
        Assert.Equal(2, kafka.Leader("t", 0));
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]));
        kafka.Restart(1);
        Assert.Equal(2, kafka.Leader("t", 0));
    });

    private static async Task<int[]> Errors(RawClient client, string topic, int partition, int times)
    {
        var errors = new int[times];
        for (var i = 0; i < times; i++)
        {
            errors[i] = (await client.ProduceAsync(9, -1, topic, partition, RawBatch.Make()))!.Error;
        }

        return errors;
    }

    private static void Run(Func<Simulation, EmbeddedKafka, RawClient, Task> body)
    {
        using var simulation = new Simulation(42);
        var kafka = simulation.StartKafka(brokers: 2);
        kafka.CreateTopic("t");
        simulation.Run(async () => await body(simulation, kafka, await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0])));
    }
}
