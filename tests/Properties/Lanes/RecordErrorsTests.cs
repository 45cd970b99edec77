using FsCheck.Fluent;
using Rx.Kafka.Lanes;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>Which record of a refused batch is told what (KIP-467; S9).</summary>
public sealed class RecordErrorsTests
{
    // S9, PB6. Numbers beyond the batch, twice or out of order too: they come from the network.
    [Fact]
    public void The_named_records_get_the_brokers_words_and_the_others_learn_why() => Law.Check(
        "record errors",
        Gen.Zip(Gen.Choose(1, 8), Gen.Choose(-2, 9).ArrayOf()),
        given =>
        {
            var (count, named) = given;
            var errors = named.Select(static i => new RecordError(i, i % 3 == 0 ? null : $"word {i};"));
            var answer = new PartitionAnswer { ErrorCode = 87, ErrorMessage = "of the batch", RecordErrors = [.. errors] };
            var error = new ProduceError(ProduceErrorCode.Broker, "refused.", Persistence.NotPersisted, 87);
            var ranges = RecordErrors.Of(answer, count, error);
            var inside = named.Where(i => i >= 0 && i < count).ToHashSet();
            Assert.Equal(inside.Count == 0, ranges is null);
            if (ranges is null)
            {
                return;
            }

            var outcome = new BatchOutcome("t", 0, 0, ranges);
            for (var i = 0; i < count; i++)
            {
                var told = outcome.ErrorOf(i)!;
                Assert.Equal(((short?)87, Persistence.NotPersisted), (told.BrokerErrorCode, told.Persistence));
                Assert.Equal(inside.Contains(i) ? ProduceErrorCode.InvalidRecord : ProduceErrorCode.Broker, told.Code);
                var end = !inside.Contains(i) ? "Send it again." : i % 3 == 0 ? "of the batch" : $"word {i};";
                Assert.EndsWith(end, told.Message, StringComparison.Ordinal);
            }
        });
}
