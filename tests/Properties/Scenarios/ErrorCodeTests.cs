using Rx.Kafka.Properties.Protocol;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Every error code a Produce answer can have gives the outcome that the table of error knowledge says (design 4.6, 4.7; L44; S8, I18, I23, I24).</summary>
public class ErrorCodeTests
{
    private const short Unheard = 12345;

    private static readonly Dictionary<short, Row> Table = VectorFile.Read("errors.json")["errors"]!.AsArray().ToDictionary(
        static node => (short)node!["code"]!,
        static node => new Row((bool?)node!["retriable"] ?? false, (bool?)node["invalid_metadata"] ?? false, (bool?)node["authorization"] ?? false, (string?)node["appended"] == "no"));

    public static IEnumerable<int> Codes => [.. Table.Keys.Where(static code => code != 0).Select(static code => (int)code), Unheard];

    public static IEnumerable<int> CodesThatProveNothing => [.. Table.Where(static row => row.Key is not (0 or 46) && !row.Value.IsAbsent).Select(static row => (int)row.Key), Unheard];

    [Fact]
    [Law("L44")]
    public void Idempotent_batches_have_the_outcome_the_table_says() => Each(Codes, static code => Send((short)code, new Setup(), (outcome, world) =>
    {
        switch (code)
        {
            case 46:
                Assert.Null(outcome.Error);
                Assert.Equal(-1, outcome.Metadata.Offset);
                Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.Produce));
                break;
            case 45 or 47 or 59:
                // Nothing of it is there, and nothing before it is open: it goes again under other numbers.
                SentAgain(outcome, world);
                Assert.Equal(code == 47 ? (1001, 0) : (1000, 1), Writer(world));
                break;
            default:
                AsTheTableSays((short)code, outcome, world);
                if (Table.GetValueOrDefault((short)code)?.Retriable == true)
                {
                    Assert.Equal((1000, 0), Writer(world));
                }

                break;
        }
    }));

    [Fact]
    [Law("L44")]
    public void Without_idempotence_too() => Each(Codes, static code => Send((short)code, new Setup { Idempotent = false }, (outcome, world) =>
    {
        if (code == 46)
        {
            Assert.Null(outcome.Error);
        }
        else
        {
            AsTheTableSays((short)code, outcome, world);
        }
    }));

    // What the broker appended before it answered so is there once, and nobody says that it is not.
    [Fact]
    public void An_error_after_the_append_is_believed_only_as_far_as_the_table_does() => Each(CodesThatProveNothing, static code => Send(
        (short)code,
        new Setup(),
        (outcome, world) =>
        {
            Assert.Single(world.Kafka.ReadLog("t"));
            Assert.Equal(Table.GetValueOrDefault((short)code)?.Retriable == true, outcome.Error is null);
            Assert.Equal(outcome.Error is null ? null : Persistence.PossiblyPersisted, outcome.Error?.Persistence);
        },
        afterAppend: true));

    // What has no retries left fails with the last code.
    [Fact]
    public void A_retriable_error_without_retries_fails() => Each(Codes, static code => Send(
        (short)code,
        new Setup { Idempotent = false },
        (outcome, world) =>
        {
            if (code == 46)
            {
                return;
            }

            Assert.Equal((short)code, outcome.Error!.BrokerErrorCode);
            Assert.Equal(Table.GetValueOrDefault((short)code)?.IsAbsent == true ? Persistence.NotPersisted : Persistence.PossiblyPersisted, outcome.Error.Persistence);
            Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.Produce));
        },
        retries: 0));

    private static void Each(IEnumerable<int> codes, Action<int> check)
    {
        var faults = new List<string>();
        foreach (var code in codes)
        {
            try
            {
                check(code);
            }
            catch (Exception e)
            {
                faults.Add($"code {code}: {e}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static void AsTheTableSays(short code, (ProduceError? Error, RecordMetadata Metadata, double Milliseconds) outcome, ProducerWorld world)
    {
        var row = Table.GetValueOrDefault(code) ?? new Row(false, false, false, false);
        if (row.Retriable)
        {
            SentAgain(outcome, world);
            return;
        }

        var error = outcome.Error!;
        Assert.Equal(code, error.BrokerErrorCode);
        Assert.Equal(row.IsAbsent ? Persistence.NotPersisted : Persistence.PossiblyPersisted, error.Persistence);
        Assert.Equal(code is 53 or 90, error.IsFatal);
        Assert.Equal(
            code switch
            {
                10 => ProduceErrorCode.RecordTooLarge,
                17 => ProduceErrorCode.TopicUnknown,
                90 => ProduceErrorCode.Fenced,
                _ => row.IsAuthorization ? ProduceErrorCode.Authorization : ProduceErrorCode.Broker,
            },
            error.Code);
        Assert.Equal(0, outcome.Milliseconds);
        Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.Produce));
        Assert.Empty(world.Kafka.ReadLog("t"));
    }

    // L44: after a pause, unless the leader is a newer one.
    private static void SentAgain((ProduceError? Error, RecordMetadata Metadata, double Milliseconds) outcome, ProducerWorld world)
    {
        Assert.Null(outcome.Error);
        Assert.Equal(0, outcome.Metadata.Offset);
        Assert.InRange(outcome.Milliseconds, 80, 121);
        Assert.Equal(2, world.Kafka.Counters.Requests(ApiKey.Produce));
        Assert.Single(world.Kafka.ReadLog("t"));
    }

    private static (long, int) Writer(ProducerWorld world)
    {
        var record = Assert.Single(world.Kafka.ReadLog("t"));
        return (record.ProducerId, record.ProducerEpoch);
    }

    private static void Send(
        short code, Setup setup, Action<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds), ProducerWorld> check, bool afterAppend = false, int retries = int.MaxValue) =>
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Producer.GetPartitionsAsync("t");
                world.Kafka.Faults.On(ApiKey.Produce).Fail(code, afterAppend).Times(1);
                var refreshes = world.Kafka.Counters.Requests(ApiKey.Metadata);
                var outcome = await world.SendAsync(new Record("t", "v"), StepKind.Send);
                check(outcome, world);
                await world.Delay(1000);
                if (Table.GetValueOrDefault(code)?.InvalidMetadata == true)
                {
                    Assert.True(world.Kafka.Counters.Requests(ApiKey.Metadata) > refreshes, "no refresh");
                }

                // Whatever it was, the partition goes on.
                var later = await world.SendAsync(new Record("t", "later"), StepKind.Send);
                Assert.Equal(outcome.Error?.IsFatal ?? false, later.Error is not null);
                Assert.InRange(world.Kafka.ReadLog("t").Count, later.Error is null ? 1 : 0, 2);
            },
            setup,
            configure: options => options.Retries = retries == 0 ? 0 : options.Retries);

    private sealed record Row(bool Retriable, bool InvalidMetadata, bool IsAuthorization, bool IsAbsent);
}
