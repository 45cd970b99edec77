using System.Net;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

[Collection(Alone.Name)]
public class AnsweringTransportTests
{
    [Fact]
    public async Task Batches_are_answered_with_offsets_that_count_up()
    {
        var transport = new AnsweringTransport();
        transport.CreateTopic("t", 2);
        var client = await RawClient.ConnectAsync(transport, transport.BootstrapServers[0]);
        Assert.NotNull(await client.AskAsync(ApiKey.Metadata, 0, w => w.Count(0, flexible: false)));
        Assert.NotNull(await client.AskAsync(ApiKey.InitProducerId, 0, w =>
        {
            w.String(null, flexible: false);
            w.Int32(1000);
        }));
        Assert.Equal(0, (await client.ProduceAsync(9, -1, "t", 1, RawBatch.Make(5)))!.BaseOffset);
        await client.ProduceAsync(9, 0, "t", 1, RawBatch.Make(5));
        Assert.Equal(10, (await client.ProduceAsync(12, -1, "t", 1, RawBatch.Make(5, valueBytes: 100_000)))!.BaseOffset);
        Assert.Equal(3, (await client.ProduceAsync(3, -1, "x", 0, RawBatch.Make()))!.Error);
        Assert.Equal((15, 3, 4), (transport.Records, transport.Batches, transport.Requests));
        await client.CloseAsync();
    }

    [Fact]
    public async Task In_steady_state_nothing_is_allocated()
    {
        var transport = new AnsweringTransport();
        transport.CreateTopic("t");
        var pipe = await transport.ConnectAsync(new DnsEndPoint("answering-1", 9092), CancellationToken.None);
        var request = Request();
        const int Rounds = 5_000;
        const int Looks = 8;
        var least = double.MaxValue;
        for (var look = 0; look < Looks; look++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Rounds; i++)
            {
                await pipe.Output.WriteAsync(request);
                var read = await pipe.Input.ReadAsync();
                pipe.Input.AdvanceTo(read.Buffer.End);
            }

            // Others of this process can only add to it: the compiler in its first looks, the runner in any.
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Rounds);
        }

        Assert.Equal(Looks * Rounds, transport.Requests);
        await pipe.Output.CompleteAsync();
        // The smallest object takes 24 bytes: less than one in three requests is the runtime's own, or a first use of a block.
        Assert.InRange(least, 0, 8);
    }

    private static ReadOnlyMemory<byte> Request()
    {
        var w = new WireWriter();
        w.BeginFrame();
        w.Int16((short)ApiKey.Produce);
        w.Int16(9);
        w.Int32(1);
        w.String("c", flexible: false);
        w.NoTags(flexible: true);
        w.String(null, flexible: true);
        w.Int16(-1);
        w.Int32(1000);
        w.Count(1, flexible: true);
        w.String("t", flexible: true);
        w.Count(1, flexible: true);
        w.Int32(0);
        var batch = RawBatch.Make(10, valueBytes: 1000);
        w.Count(batch.Length, flexible: true);
        w.Raw(batch);
        w.NoTags(flexible: true);
        w.NoTags(flexible: true);
        w.NoTags(flexible: true);
        w.EndFrame();
        return w.Written;
    }
}
