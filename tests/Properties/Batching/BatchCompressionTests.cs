using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Outcomes;

namespace Rx.Kafka.Properties.Batching;

/// <summary>Closed batches go through their codec on the scheduler, in order, within their own memory (design 4.4).</summary>
public sealed class BatchCompressionTests
{
    private static readonly Compression[] Codecs = [Compression.Gzip, Compression.Snappy, Compression.Lz4, Compression.Zstd];

    // What a codec learns that was under way is no measure for plain batches.
    [Fact]
    public void After_a_fall_back_to_no_codec_batches_are_of_BatchSize()
    {
        var codec = new FallingBack();
        using var world = new BatchingWorld(batchSize: 16_384, memory: 1 << 26, compression: Compression.Of(codec).Or(Compression.None));
        var channel = world.NewChannel(world.NewOwner());
        var plain = new List<int>();
        for (var i = 0; i < 60_000; i++)
        {
            codec.During = i == 40_000 ? () => channel.Compression!.FallBack(CompressionType.Lz4) : codec.During;
            world.Append(channel, BatchingWorld.Numbered(i, 100));
            world.Pumped.RunUntilIdle();
            while (channel.Reader.TryRead(out var batch))
            {
                plain.AddRange(batch.Codec == CompressionType.None ? [batch.WireBytes] : []);
                BatchingWorld.Decide(batch);
            }
        }

        Assert.InRange(plain[^1], 8_000, 16_384);
    }

    // A chunk is 4 KiB at least: a batch of this size has several.
    [Fact]
    public void A_compressed_batch_has_the_records_and_can_be_made_plain_again() => Law.Check(
        "compressed and back",
        from codec in Gen.Elements(Codecs)
        from batchSize in Gen.Choose(100, 20_000)
        from sizes in Gen.Choose(4, 3000).NonEmptyListOf()
        select (codec, batchSize, sizes),
        static given =>
        {
            var (codec, batchSize, sizes) = given;
            using var world = new BatchingWorld(batchSize, memory: 1 << 24, compression: codec);
            var load = new PartitionLoad();
            var channel = world.NewChannel(world.NewOwner(), load: load);
            var sent = 0;
            foreach (var size in sizes)
            {
                Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(sent++, size)));
            }

            world.Advance(TimeSpan.FromMilliseconds(10));
            var read = new List<int>();
            var used = world.Memory.Used;
            while (channel.Reader.TryRead(out var batch))
            {
                var plain = batch.Bytes;
                Assert.Equal(batch.Codec == CompressionType.None ? plain : batch.WireBytes, Math.Min(plain, batch.WireBytes));
                Assert.True(batch.Codec == CompressionType.None || batch.Codec == codec.Types[0]);
                Assert.Equal((int)batch.Codec, BatchingWorld.Wire(batch)[22] & 7);
                Assert.True(batch.TryMakePlain());
                Assert.Equal((plain, plain), (batch.Bytes, batch.WireBytes));
                read.AddRange(BatchingWorld.NumbersIn(batch));
                Assert.Equal(used, world.Memory.Used);
                BatchingWorld.Decide(batch);
                used = world.Memory.Used;
            }

            Assert.Equal(Enumerable.Range(0, sent), read);
            Assert.Equal(0, world.Memory.Used);
            Assert.Equal(0, load.Queued(0));
            return true;
        });

    [Fact]
    public void A_batch_that_does_not_shrink_goes_plain()
    {
        using var world = new BatchingWorld(compression: Compression.Zstd);
        var channel = world.NewChannel(world.NewOwner());
        var noise = new byte[500];
        new Random(1).NextBytes(noise);
        world.Append(channel, new Record("t", noise));
        world.Advance(TimeSpan.FromMilliseconds(10));
        var batch = BatchingWorld.Take(channel);
        Assert.Equal((CompressionType.None, batch.Bytes), (batch.Codec, batch.WireBytes));
        Assert.Equal(noise, Assert.Single(BatchingWorld.Decode(batch).Records).Value);
    }

    // Of a codec of the user's nobody knows what it writes.
    [Fact]
    public void What_cannot_be_read_again_stays_as_it_is()
    {
        using var world = new BatchingWorld(compression: Compression.Of(new HandCodec()));
        var channel = world.NewChannel(world.NewOwner());
        world.Append(channel, BatchingWorld.Numbered(7, 100));
        world.Advance(TimeSpan.FromMilliseconds(10));
        var batch = BatchingWorld.Take(channel);
        Assert.False(batch.TryMakePlain());
        Assert.Equal((CompressionType.Lz4, 61 + 3), (batch.Codec, batch.WireBytes));
    }

    // Expiry, purge and dispose decide a batch without sending it. A codec that runs may be a user's and take any time: nobody waits for it,
    // but the memory that it reads and writes goes to nobody else before it has ended.
    [Fact]
    public void A_batch_is_decided_whatever_its_codec_does_and_keeps_its_memory_until_that_has_ended()
    {
        using var world = new BatchingWorld(batchSize: 100, compression: Compression.Gzip);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        for (var i = 0; i < 4; i++)
        {
            world.Append(channel, BatchingWorld.Numbered(i, 60));
        }

        var first = channel.BeginCompression()!;
        Assert.False(channel.Reader.TryPeek(out _));
        Assert.True(channel.TryWithdraw(first));
        var used = world.Memory.Used;
        BatchingWorld.Decide(first);
        Assert.Equal(used, world.Memory.Used);

        var second = owner.Timeline.OldestUndecided()!;
        Assert.True(channel.TryWithdraw(second));
        Assert.Equal([1], BatchingWorld.NumbersIn(second));
        BatchingWorld.Decide(second);
        Assert.True(first.TryReplaceRecords(CompressionType.Gzip, [1, 2, 3]));
        used = world.Memory.Used;
        channel.EndCompression(first);
        Assert.True(world.Memory.Used < used);
        world.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal([2, 3], BatchingWorld.DrainClosed(channel));
        Assert.Equal(0, world.Memory.Used);
    }

    [Theory]
    [InlineData(HandCodec.Deed.Throws)]
    [InlineData(HandCodec.Deed.WritesNothing)]
    [InlineData(HandCodec.Deed.WritesForEver)]
    internal void What_a_faulty_codec_does_costs_no_record(HandCodec.Deed deed)
    {
        using var world = new BatchingWorld(compression: Compression.Of(new HandCodec { Does = deed }));
        var channel = world.NewChannel(world.NewOwner());
        world.Append(channel, BatchingWorld.Numbered(7));
        world.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal([7], BatchingWorld.DrainClosed(channel));
        Assert.Single(world.Log.Events, static e => e.Id == 409);
    }

    // A later one may be done while an earlier one still waits for a copy into it.
    [Fact]
    public void Batches_come_in_the_order_in_which_they_were_closed() => Law.Check(
        "order", Gen.Choose(0, int.MaxValue - 1), static seed =>
        {
            using var world = new BatchingWorld(batchSize: 300, seed: seed, compression: Compression.Lz4);
            var channel = world.NewChannel(world.NewOwner());
            var random = new Random(seed);
            var read = new List<int>();
            for (var i = 0; i < 60; i++)
            {
                world.Append(channel, BatchingWorld.Numbered(i, random.Next(4, 200)), new HandSink(SinkInterest.None));
                if (random.Next(3) == 0)
                {
                    world.Pumped.RunOne();
                }

                if (random.Next(4) == 0)
                {
                    read.AddRange(BatchingWorld.DrainClosed(channel));
                }
            }

            world.Advance(TimeSpan.FromMilliseconds(10));
            read.AddRange(BatchingWorld.DrainClosed(channel));
            Assert.Equal(Enumerable.Range(0, 60), read);
            return true;
        });

    // So that as many bytes go out at once as without a codec.
    [Fact]
    public void A_partition_that_compresses_well_fills_its_batches_further()
    {
        using var world = new BatchingWorld(batchSize: 16_384, memory: 1 << 26, compression: Compression.Zstd);
        var load = new PartitionLoad();
        var channel = world.NewChannel(world.NewOwner(), load: load);
        var sizes = new List<int>();
        for (var i = 0; i < 60_000; i++)
        {
            world.Append(channel, BatchingWorld.Numbered(i, 100));
            world.Pumped.RunUntilIdle();
            while (channel.Reader.TryRead(out var batch))
            {
                Assert.True(batch.WireBytes <= 16_384);
                sizes.Add(batch.Bytes);
                BatchingWorld.Decide(batch);
            }
        }

        // What is open does not count yet, and what was decided no more: by plain bytes, both times.
        Assert.Equal(0, load.Queued(0));
        Assert.InRange(sizes[0], 16_000, 16_384);
        Assert.InRange(sizes[^1], 32_000, 256 * 1024);
    }

    /// <summary>A codec of the user's, which may do anything.</summary>
    internal sealed class HandCodec : ICompressionCodec
    {
        public enum Deed
        {
            /// <summary>Writes three bytes that are no LZ4 frame.</summary>
            WritesGarbage,
            WritesNothing,
            WritesForEver,
            Throws,
        }

        public Deed Does { get; init; }

        public CompressionType Type => CompressionType.Lz4;

        public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
        {
            switch (Does)
            {
                case Deed.WritesGarbage:
                    destination.Write<byte>([1, 2, 3]);
                    break;
                case Deed.Throws:
                    throw new FormatException();
                case Deed.WritesForEver:
                    while (true)
                    {
                        destination.Write<byte>(new byte[4096]);
                    }

                default:
                    break;
            }
        }
    }

    private sealed class FallingBack : ICompressionCodec
    {
        public Action? During { get; set; }

        public CompressionType Type => CompressionType.Lz4;

        public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
        {
            destination.Write<byte>(new byte[(int)(source.Length / 5)]);
            During?.Invoke();
        }
    }
}
