using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>The smallest pieces, against Kafka's own and as laws.</summary>
public sealed class PrimitiveTests
{
    private static readonly JsonNode Golden = VectorFile.Read("primitives.json");

    [Fact]
    public void Unsigned_varints_are_Kafkas()
    {
        foreach (var node in Golden["unsigned_varint_u32"]!.AsArray())
        {
            var value = (uint)node!.Long("value");
            Assert.Equal(node!.Text("hex"), Written((ref w) => w.UVarint(value)));
            Assert.Equal(node!.Int("size"), Varint.UnsignedSize(value));
            var r = new KafkaReader(node!.Hex("hex"));
            Assert.Equal(value, r.UVarint());
            Assert.Equal(0, r.Remaining);
        }

        Span<byte> bytes = stackalloc byte[Varint.MaximumSize64];
        foreach (var node in Golden["unsigned_varlong_u64"]!.AsArray())
        {
            var value = ulong.Parse(node!.Text("value"));
            var size = Varint.WriteUnsigned(bytes, value);
            Assert.Equal(node!.Text("hex"), Convert.ToHexStringLower(bytes[..size]));
            Assert.Equal(size, Varint.UnsignedSize(value));
        }
    }

    [Fact]
    public void Signed_varints_are_Kafkas()
    {
        Span<byte> bytes = stackalloc byte[Varint.MaximumSize64];
        foreach (var node in Golden["varint_zigzag_i32"]!.AsArray())
        {
            var value = node!.Int("value");
            Assert.Equal(node!.Text("hex"), Convert.ToHexStringLower(bytes[..Varint.Write(bytes, value)]));
            Assert.Equal(node!.Int("size"), Varint.Size(value));
        }

        foreach (var node in Golden["varlong_zigzag_i64"]!.AsArray())
        {
            var value = long.Parse(node!.Text("value"));
            Assert.Equal(node!.Text("hex"), Convert.ToHexStringLower(bytes[..Varint.Write(bytes, value)]));
            Assert.Equal(node!.Int("size"), Varint.Size(value));
        }
    }

    [Fact]
    public void Varints_that_are_too_long_or_end_early_are_malformed()
    {
        foreach (var node in Golden["malformed_must_reject"]!.AsArray().Where(n => n!.Text("type") == "unsigned_varint"))
        {
            Assert.Throws<MalformedDataException>(() => new KafkaReader(node!.Hex("hex")).UVarint());
        }

        // Five bytes, but a 33rd bit.
        Assert.Throws<MalformedDataException>(() => new KafkaReader([0xFF, 0xFF, 0xFF, 0xFF, 0x1F]).UVarint());
    }

    [Fact]
    public void Uuids_are_Kafkas()
    {
        foreach (var node in Golden["uuid"]!.AsArray())
        {
            var value = Guid.Parse(node!.Text("rfc4122"));
            Assert.Equal(node!.Text("hex"), Written((ref w) => w.Uuid(value)));
            Assert.Equal(value, new KafkaReader(node!.Hex("hex")).Uuid());
        }
    }

    [Property(Arbitrary = [typeof(AnyLength)], MaxTest = 2000)]
    public void Every_varint_has_the_size_it_announces_and_one_reading(long value)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaximumSize64];
        var size = Varint.Write(bytes, value);
        Assert.Equal(size, Varint.Size(value));
        Assert.Equal((value, size), Records.ReferenceVarint.Read(bytes));

        // 32 and 64 bits write the same bytes where both can.
        if (value == (int)value)
        {
            Span<byte> narrow = stackalloc byte[Varint.MaximumSize32];
            Assert.Equal(size, Varint.Write(narrow, (int)value));
            Assert.Equal(size, Varint.Size((int)value));
            Assert.True(narrow[..size].SequenceEqual(bytes[..size]));
        }
    }

    [Fact]
    public void What_is_written_is_read_whatever_the_output_lends() =>
        Law.Check("write, then read", Fields().Zip(Gen.Choose(1, 40).ToArbitrary()), c =>
        {
            var (fields, piece) = (c.Item1, c.Item2);
            var measure = KafkaWriter.Measuring();
            Write(ref measure, fields);
            var output = new PieceWriter(piece);
            var w = new KafkaWriter(output);
            Write(ref w, fields);
            w.Complete();
            var bytes = output.ToArray();
            Assert.Equal(bytes.Length, measure.Written);
            Assert.Equal(bytes.Length, w.Written);

            var r = new KafkaReader(bytes);
            foreach (var field in fields)
            {
                AssertRead(ref r, field);
            }

            Assert.Equal(0, r.Remaining);
        }, maxTest: 500);

    [Fact]
    public void A_text_too_long_for_the_classic_form_names_its_limit()
    {
        var error = Assert.Throws<KafkaException>(() => Written((ref w) => w.String(new string('x', 32768), flexible: false)));
        Assert.Contains("32768", error.Message);
        Assert.Contains("32767", error.Message);
        Assert.Equal(2 + 32767, Written((ref w) => w.String(new string('x', 32767), flexible: false)).Length / 2);
    }

    [Fact]
    public void A_count_is_believed_only_if_the_bytes_are_there()
    {
        Assert.Equal(2, new KafkaReader([0, 0, 0, 2, 1, 1, 1, 1]).ArrayLength(flexible: false, 2));
        Assert.Throws<MalformedDataException>(() => new KafkaReader([0, 0, 0, 2, 1, 1, 1]).ArrayLength(flexible: false, 2));
        Assert.Throws<MalformedDataException>(() => new KafkaReader([0xFF, 0xFF, 0xFF, 0xFE]).ArrayLength(flexible: false, 1));
        Assert.Equal(-1, new KafkaReader([0xFF, 0xFF, 0xFF, 0xFF]).ArrayLength(flexible: false, 1));
        Assert.Equal(-1, new KafkaReader([0]).ArrayLength(flexible: true, 1));
    }

    private static string Written(Writing write)
    {
        var output = new PieceWriter(16);
        var w = new KafkaWriter(output);
        write(ref w);
        w.Complete();
        return Convert.ToHexStringLower(output.ToArray());
    }

    private static Gen<long> Longs() =>
        from bits in Gen.Choose(0, 63)
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select (((long)high << 32) ^ (uint)low) >> bits;

    /// <summary>Each primitive is told by the type of its value: sbyte, short, int, long, bool, uint (varint), Guid, string and byte[] (compact when its length is even).</summary>
    private static Arbitrary<object[]> Fields() => Gen.OneOf(
        Gen.Choose(sbyte.MinValue, sbyte.MaxValue).Select(v => (object)(sbyte)v),
        Gen.Choose(short.MinValue, short.MaxValue).Select(v => (object)(short)v),
        Gen.Choose(int.MinValue, int.MaxValue).Select(v => (object)v),
        Longs().Select(v => (object)v),
        Longs().Select(v => (object)(uint)v),
        Gen.Elements(true, false).Select(v => (object)v),
        ArbMap.Default.GeneratorFor<Guid>().Select(v => (object)v),
        Gen.Elements("", "a", "topic-1", "é中\U0001F600", new string('x', 100), new string('é', 300)).Select(v => (object)v),
        ArbMap.Default.GeneratorFor<byte[]>().Where(v => v is not null).Select(v => (object)v)).ArrayOf().ToArbitrary();

    private static void Write(ref KafkaWriter w, object[] fields)
    {
        foreach (var field in fields)
        {
            switch (field)
            {
                case sbyte v:
                    w.Int8(v);
                    break;
                case short v:
                    w.Int16(v);
                    break;
                case int v:
                    w.Int32(v);
                    break;
                case long v:
                    w.Int64(v);
                    break;
                case uint v:
                    w.UVarint(v);
                    break;
                case bool v:
                    w.Bool(v);
                    break;
                case Guid v:
                    w.Uuid(v);
                    break;
                case string v:
                    w.String(v, flexible: v.Length % 2 == 0);
                    break;
                case byte[] v:
                    w.RecordsLength(v.Length, flexible: v.Length % 2 == 0);
                    w.Raw(v);
                    break;
            }
        }
    }

    private static void AssertRead(ref KafkaReader r, object field)
    {
        object read = field switch
        {
            sbyte => r.Int8(),
            short => r.Int16(),
            int => r.Int32(),
            long => r.Int64(),
            uint => r.UVarint(),
            bool => r.Bool(),
            Guid => r.Uuid(),
            string v => r.String(flexible: v.Length % 2 == 0)!,
            byte[] v => r.Bytes(flexible: v.Length % 2 == 0, out _).ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };
        Assert.Equal(field, read);
    }

    private delegate void Writing(ref KafkaWriter w);

    /// <summary>Numbers of all lengths are equally frequent.</summary>
    private static class AnyLength
    {
        public static Arbitrary<long> Value() => Arb.From(Longs(), ArbMap.Default.ArbFor<long>().Shrinker);
    }
}
