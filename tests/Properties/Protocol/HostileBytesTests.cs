using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Rx.Kafka.Properties.Protocol.Messages;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>Whatever a peer sends: an answer or one kind of fault, and never more memory than its bytes are worth.</summary>
public sealed class HostileBytesTests
{
    private const int AnswersPerSeed = 1000;

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
                    BoundedReading.Body(golden.Key, golden.Version, body);
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
                var wasRead = BoundedReading.Body(golden.Key, golden.Version, golden.BodyBytes[..length]);

                // Of a refusal of ApiVersions what cannot be read counts as nothing said.
                Assert.True(!wasRead || (golden.Key == ApiKey.ApiVersions && golden.Body.Int("errorCode") == 35), $"{golden} was read from {length} of {golden.BodyBytes.Length} bytes");
            }
        }
    }

    [Fact]
    public void A_million_spoilt_answers_end_in_a_fault_or_an_answer() => Law.Seeds("hostile answers", Read, maxTest: 1000);

    // Else the law above would hold of readers that never get beyond the first byte.
    [Fact]
    public void Spoilt_answers_are_malformed_at_times_and_readable_at_times()
    {
        var mutator = new AnswerMutator(new Random(1));
        foreach (var golden in Responses)
        {
            var read = Enumerable.Range(0, 300).Count(_ => BoundedReading.Body(golden.Key, golden.Version, mutator.Spoil(golden.BodyBytes, golden.BodyBytes)));
            Assert.True(read is > 5 and < 295, $"{read} of 300 spoilt answers of {golden} could be read");
        }
    }

    [Fact]
    public void Random_bytes_end_in_a_fault_or_an_answer() =>
        Law.Check("random bytes", from golden in Gen.Elements(Responses) from body in Gen.Choose(0, 255).ArrayOf() select (golden.Key, golden.Version, Body: Array.ConvertAll(body, b => (byte)b)),
            c => { BoundedReading.Body(c.Key, c.Version, c.Body); }, maxTest: 2000);

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

    private static void Read(int seed)
    {
        var random = new Random(seed);
        var mutator = new AnswerMutator(random);
        for (var n = 0; n < AnswersPerSeed; n++)
        {
            var golden = Responses[random.Next(Responses.Length)];
            var other = random.Next(2) == 0 ? golden : Responses[random.Next(Responses.Length)];
            var isStream = random.Next(4) == 0;
            var spoilt = isStream ? mutator.SpoilFrame(golden.Frame, other.Frame) : mutator.Spoil(golden.BodyBytes, other.BodyBytes);
            try
            {
                _ = isStream ? BoundedReading.Stream(golden.Key, golden.Version, spoilt) : BoundedReading.Body(golden.Key, golden.Version, spoilt);
            }
            catch (Exception e)
            {
                throw new LawBrokenException($"{golden}, {(isStream ? "as a stream" : "body")}, answer {n} of seed {seed}: {Convert.ToHexStringLower(spoilt)}\n{e}");
            }
        }
    }
}
