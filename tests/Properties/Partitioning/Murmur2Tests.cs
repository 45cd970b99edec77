using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Partitioning;

[Properties(Arbitrary = [typeof(Keys)])]
public sealed class Murmur2Tests
{
    // PA8, L1: what the Java client answers for these keys.
    [Theory]
    [Law("L1")]
    [InlineData("21", -973932308, 0, 0, 0, 340)]
    [InlineData("foobar", -790332482, 0, 2, 6, 166)]
    [InlineData("a-little-bit-long-string", -985981536, 2, 0, 8, 112)]
    [InlineData("a-little-bit-longer-string", -1486304829, 2, 3, 11, 819)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, 2, 1, 5, 677)]
    [InlineData("abc", 479470107, 0, 3, 3, 107)]
    [InlineData("", 275646681, 0, 1, 9, 681)]
    [InlineData("a", -1563381124, 1, 0, 4, 524)]
    [InlineData("ab", 316155434, 2, 2, 2, 434)]
    [InlineData("abcd", -1323649548, 2, 0, 8, 100)]
    [InlineData("abcde", 461995741, 1, 1, 1, 741)]
    [InlineData("key", -1079937367, 1, 1, 1, 281)]
    [InlineData("test", 716234879, 2, 3, 11, 879)]
    [InlineData("kafka", -798503068, 1, 0, 4, 580)]
    [InlineData("user-123", -1468255980, 2, 0, 8, 668)]
    [InlineData("order:2024-10-25:000123", 1891013756, 2, 0, 8, 756)]
    [InlineData("éè中文", 1136853271, 1, 3, 7, 271)]
    public void A_key_meets_the_partition_that_Java_chooses(string key, int hash, int of3, int of4, int of12, int of1000)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(key);

        Assert.Equal(hash, Murmur2.Hash(bytes));
        Assert.Equal((of3, of4, of12, of1000), (Murmur2.Partition(bytes, 3), Murmur2.Partition(bytes, 4), Murmur2.Partition(bytes, 12), Murmur2.Partition(bytes, 1000)));
    }

    // PA8: bytes above 127, zeros, and every length of the tail.
    [Theory]
    [InlineData("00", 375494588)]
    [InlineData("fffefd", 998637092)]
    [InlineData("00000001", -173113808)]
    [InlineData("8000000000000000", 1290709624)]
    [InlineData("f78afe0d", 1906962751)]
    [InlineData("e1bbe7ae28c045", 1137648021)]
    [InlineData("e43c084f4bbb2bf1839d", -1855770099)]
    [InlineData("6d852cb5be6a61aa9a0c6117bd", 342965673)]
    [InlineData("dc978573998e685e885cb361f86c9746", -507368914)]
    public void Any_bytes_hash_as_in_Java(string hex, int hash) => Assert.Equal(hash, Murmur2.Hash(Convert.FromHexString(hex)));

    // L3; also where the hash is negative: its sign bit is cleared, not its sign changed.
    [Property(MaxTest = 200)]
    [Law("L3")]
    public bool Any_key_has_a_partition_of_the_topic(byte[] key, DoNotSize<uint> any)
    {
        var count = (int)Math.Clamp(any.Item, 1, int.MaxValue);
        return Murmur2.Partition(key, count) is >= 0 and var partition && partition == (Murmur2.Hash(key) & int.MaxValue) % count;
    }

    // L1: whatever lies around it in memory.
    [Property(MaxTest = 200)]
    [Law("L1")]
    public bool The_hash_depends_on_the_keys_bytes_only(byte[] key, NonNegativeInt start)
    {
        byte[] surrounded = [.. Enumerable.Repeat((byte)0xA5, start.Get), .. key, 0x5A, 0xFF];
        return Murmur2.Hash(surrounded.AsSpan(start.Get, key.Length)) == Murmur2.Hash(key);
    }

    [Fact]
    public void Keys_spread_evenly()
    {
        var counts = new int[12];
        for (var i = 0; i < 120_000; i++)
        {
            counts[Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes($"user-{i}"), counts.Length)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    private static class Keys
    {
        public static Arbitrary<byte[]> Key() =>
            Gen.Choose(0, 70).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)).ToArbitrary();
    }
}
