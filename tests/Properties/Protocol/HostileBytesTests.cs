using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Properties.Protocol.Messages;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>Whatever a peer sends: an answer or one kind of fault, and never more memory than its bytes are worth.</summary>
public sealed class HostileBytesTests
{
    // A partition of 18 bytes becomes a struct of 40, a topic of 9 an object of 56 and a reference; the constant is for the exception and its text.
    private const int BytesPerByte = 32;
    private const int BytesPerFault = 16 * 1024;

    private static readonly GoldenCase[] Responses = [.. GoldenCase.All.Where(c => !c.IsRequest)];

    private static readonly byte[][] Lies =
    [
        [0x7F, 0xFF, 0xFF, 0xFF], // the largest count or length
        [0x80, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0xFF], // -1, or an endless varint
        [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x00, 0xFF, 0xFF, 0xFF],
        [0x7F, 0xFF],
    ];

    [Fact]
    public void A_lie_in_any_place_of_any_response_ends_in_a_fault_or_an_answer()
    {
        foreach (var golden in Responses)
        {
            foreach (var lie in Lies)
            {
                for (var at = 0; at + lie.Length <= golden.BodyBytes.Length; at++)
                {
                    var body = golden.BodyBytes.ToArray();
                    lie.CopyTo(body, at);
                    ReadWithinBounds(golden.Key, golden.Version, body);
                }
            }
        }
    }

    [Fact]
    public void A_response_that_ends_early_is_malformed_at_every_length()
    {
        foreach (var golden in Responses)
        {
            for (var length = 0; length < golden.BodyBytes.Length; length++)
            {
                var wasRead = ReadWithinBounds(golden.Key, golden.Version, golden.BodyBytes[..length]);

                // Of a refusal of ApiVersions what cannot be read counts as nothing said.
                Assert.True(!wasRead || (golden.Key == ApiKey.ApiVersions && golden.Body.Int("errorCode") == 35), $"{golden} was read from {length} of {golden.BodyBytes.Length} bytes");
            }
        }
    }

    [Fact]
    public void Mutated_responses_end_in_a_fault_or_an_answer() =>
        Law.Check("mutations", Mutated(), c => { ReadWithinBounds(c.Key, c.Version, c.Body); }, maxTest: 5000);

    [Fact]
    public void Random_bytes_end_in_a_fault_or_an_answer() =>
        Law.Check("random bytes", from golden in Gen.Elements(Responses) from body in Gen.Choose(0, 255).ArrayOf() select (golden.Key, golden.Version, Body: Array.ConvertAll(body, b => (byte)b)),
            c => { ReadWithinBounds(c.Key, c.Version, c.Body); }, maxTest: 2000);

    [Fact]
    public void A_header_with_broken_tags_is_malformed()
    {
        foreach (var header in new byte[][] { [], [0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1, 0x05], [0, 0, 0, 1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0, 0, 0, 1, 0x80], [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F] })
        {
            Assert.Throws<MalformedDataException>(() =>
            {
                var r = new KafkaReader(header);
                ResponseHeader.Read(ref r, ApiKey.Produce, 9);
            });
        }
    }

    private static bool ReadWithinBounds(ApiKey key, short version, byte[] body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var wasRead = true;
        try
        {
            Read(key, version, body);
        }
        catch (MalformedDataException)
        {
            wasRead = false;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (BytesPerByte * body.Length) + BytesPerFault, $"{allocated} bytes were allocated for {body.Length} bytes of {key} v{version}");
        return wasRead;
    }

    // The product's readers alone: what a test prints would be counted too.
    private static void Read(ApiKey key, short version, byte[] body)
    {
        var r = new KafkaReader(body);
        switch (key)
        {
            case ApiKey.ApiVersions:
                ApiVersionsResponse.Read(ref r, version);
                break;
            case ApiKey.Metadata:
                MetadataResponse.Read(ref r, version);
                break;
            case ApiKey.InitProducerId:
                InitProducerIdResponse.Read(ref r, version);
                break;
            case ApiKey.Produce:
                var reader = new ProduceResponseReader(r, version);
                while (reader.NextTopic(out _))
                {
                    while (reader.NextPartition(out _))
                    {
                    }
                }

                reader.End(out _, out _);
                break;
        }
    }

    private static Arbitrary<MutatedResponse> Mutated()
    {
        var change = from at in Gen.Choose(0, int.MaxValue)
                     from kind in Gen.Choose(0, 4)
                     from value in Gen.Choose(0, 255)
                     select new Change(at, kind, (byte)value);
        var mutated = from golden in Gen.Elements(Responses)
                      from changes in change.NonEmptyListOf()
                      select new MutatedResponse(golden, [.. changes.Take(8)]);
        return Arb.From(mutated, c => c.Changes.Length > 1 ? c.Changes.Select((_, i) => new MutatedResponse(c.Golden, [.. c.Changes.Where((_, j) => j != i)])) : []);
    }

    private sealed record Change(int At, int Kind, byte Value);

    private sealed record MutatedResponse(GoldenCase Golden, Change[] Changes)
    {
        public ApiKey Key => Golden.Key;

        public short Version => Golden.Version;

        public byte[] Body
        {
            get
            {
                var body = Golden.BodyBytes.ToList();
                foreach (var change in Changes.Where(_ => body.Count > 0))
                {
                    Apply(body, change, change.At % body.Count);
                }

                return [.. body];
            }
        }

        public override string ToString() => $"{Golden} with {string.Join(", ", Changes.Select(c => c.ToString()))}: {Convert.ToHexStringLower(Body)}";

        private static void Apply(List<byte> body, Change change, int at)
        {
            switch (change.Kind)
            {
                case 0:
                    body[at] = change.Value;
                    break;
                case 1:
                    body[at] ^= (byte)(1 << (change.Value % 8));
                    break;
                case 2:
                    body.Insert(at, change.Value);
                    break;
                case 3:
                    body.RemoveAt(at);
                    break;
                default:
                    body.RemoveRange(at, Math.Min(change.Value % 16, body.Count - at));
                    break;
            }
        }
    }
}
