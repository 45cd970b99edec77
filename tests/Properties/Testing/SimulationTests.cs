using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class SimulationTests
{
    [Fact]
    public void A_request_travels_to_a_broker_and_its_answer_back()
    {
        using var simulation = new Simulation(1);
        var kafka = simulation.StartKafka(brokers: 3);
        kafka.CreateTopic("t", 3);
        simulation.Network.Latency = TimeSpan.FromMilliseconds(7);
        simulation.Network.MaximumChunkBytes = 10;
        simulation.Run(async () =>
        {
            var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[kafka.Leader("t", 1) - 1]);
            var answer = await client.ProduceAsync(9, -1, "t", 1, RawBatch.Make(3));
            Assert.Equal((short)0, answer!.Error);
            Assert.Equal(0, answer.BaseOffset);
            await client.CloseAsync();
        });

        Assert.Equal(TimeSpan.FromMilliseconds(21), simulation.Time.Elapsed);
        Assert.Equal(["v0", "v1", "v2"], kafka.ReadLog("t", 1).Select(r => r.ValueText));
        simulation.RunUntilIdle();
        simulation.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(simulation.Network.Connections);
        Assert.Equal(0, kafka.Counters.ConnectionsOpen);
    }

    [Fact]
    public void Whoever_blocks_lets_the_others_go_on()
    {
        using var simulation = new Simulation(5);
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        var order = new List<string>();
        simulation.Run(async () =>
        {
            // The first waits for what the second does only after its own wait, and the other way round: nested pumping would hang.
            var a = Start(simulation, () =>
            {
                simulation.Runtime.Wait(first.Task);
                order.Add("a");
                second.SetResult();
                simulation.Runtime.Wait(Task.Delay(TimeSpan.FromSeconds(1), simulation.Time));
                order.Add("a later");
            });
            var b = Start(simulation, () =>
            {
                first.SetResult();
                simulation.Runtime.Wait(second.Task);
                order.Add("b");
            });
            await Task.WhenAll(a, b);
        });

        Assert.Equal(["a", "b", "a later"], order);
        Assert.Equal(0, simulation.StepsOffThread);
    }

    [Fact]
    public void A_deadlock_is_told_at_once()
    {
        using var simulation = new Simulation(1);
        var e = Assert.Throws<SimulationException>(() => simulation.Run(() => new TaskCompletionSource().Task));
        Assert.Contains("Deadlock", e.Message, StringComparison.Ordinal);
    }

    private static Task Start(Simulation simulation, Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, simulation.Scheduler);
}
