using FsCheck.Fluent;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>The fast checksum is the plain one.</summary>
public sealed class Crc32CTests
{
    [Fact]
    public void Checksums_are_Kafkas()
    {
        foreach (var node in VectorFile.Cases("crc32c.json"))
        {
            var data = node.Hex("data_hex");
            Assert.Equal((uint)node.Long("crc32c_uint"), Crc32C.Finish(Crc32C.Append(Crc32C.Start, data)));
            Assert.Equal((uint)node.Long("crc32c_uint"), BatchDecoder.BitwiseCrc32C(data));
        }
    }

    [Fact]
    public void Any_split_gives_the_checksum_of_the_whole()
    {
        // Lengths around the sizes at which the work is done in stripes, and starts that are not aligned.
        var cases = from length in Gen.OneOf(Gen.Choose(0, 500), Gen.Choose(0, 30000), Gen.Choose(12200, 12400), Gen.Choose(24570, 24580))
                    from start in Gen.Choose(0, 9)
                    from seed in Gen.Choose(0, int.MaxValue)
                    from cuts in Gen.Choose(0, length).ListOf()
                    select (length, start, seed, cuts: cuts.Take(10).Order().ToArray());
        Law.Check("crc over any split", cases, c =>
        {
            var data = new byte[c.length + c.start];
            new Random(c.seed).NextBytes(data);
            var whole = data.AsSpan(c.start);
            var state = Crc32C.Start;
            var from = 0;
            foreach (var to in c.cuts)
            {
                state = Crc32C.Append(state, whole[from..to]);
                from = to;
            }

            Assert.Equal(BatchDecoder.BitwiseCrc32C(whole), Crc32C.Finish(Crc32C.Append(state, whole[from..])));
        }, maxTest: 500);
    }
}
