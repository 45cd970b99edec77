using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Lanes;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;
using A = Rx.Kafka.Lanes.AnswerKind;
using F = Rx.Kafka.Lanes.AttemptFacts;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>The table of order and idempotence, row by row (design 4.6), each row with its whole condition instead of its place.</summary>
public sealed class LaneRulesTests
{
    private static readonly (int Row, LaneAction Action, Func<F, bool> When)[] Table =
    [
        (1, LaneAction.Prove, static f => f.IsGivenUp && f.Answer is (A.Success or A.Duplicate)),
        (2, LaneAction.EndNumbers, static f => f.IsGivenUp && f.Answer is not (A.Success or A.Duplicate)),
        (3, LaneAction.Succeed, static f => !f.IsGivenUp && f.Answer is A.Success),
        (4, LaneAction.Succeed, static f => !f.IsGivenUp && f.Answer is A.Duplicate),
        (5, LaneAction.Renumber, static f => OutOfOrder(f) && f.IsAfterGap),
        (6, LaneAction.Acknowledge, static f => OutOfOrder(f) && !f.IsAfterGap && f.IsUnclear && f.IsVouchedFor),
        (7, LaneAction.AskLater, static f => OutOfOrder(f) && !f.IsAfterGap && f.IsUnclear && !f.IsVouchedFor),
        (8, LaneAction.SendAfterEarlier, static f => OutOfOrder(f) && !f.IsAfterGap && !f.IsUnclear && f.HasEarlier),
        (9, LaneAction.Renumber, static f => OutOfOrder(f) && !f.IsAfterGap && !f.IsUnclear && !f.HasEarlier),
        (10, LaneAction.Renumber, static f => !f.IsGivenUp && f.Answer is A.UnknownId),
        (11, LaneAction.RenumberUnderNewId, static f => !f.IsGivenUp && f.Answer is A.StaleEpoch && IsAbsent(f)),
        (12, LaneAction.FailAndReplaceId, static f => !f.IsGivenUp && f.Answer is A.StaleEpoch && !IsAbsent(f)),
        (13, LaneAction.Split, static f => !f.IsGivenUp && f.Answer is A.TooLarge && f.ProvesAbsence && f.HasManyRecords),
        (14, LaneAction.SendPlain, static f => !f.IsGivenUp && f.Answer is A.UnsupportedCodec && f.ProvesAbsence && f.HasOtherCodec),
        (15, LaneAction.Renumber, static f => !f.IsGivenUp && f.IsAfterGap && (f.Answer is A.None || (f.Answer is A.Retriable && f.HasRetries))),
        (16, LaneAction.Retry, static f => !f.IsGivenUp && f.HasRetries && !f.IsAfterGap && f.Answer is (A.Retriable or A.None)),
        (17, LaneAction.Fail, static f => !f.IsGivenUp && (f.Answer is A.Refused
            || (f.Answer is A.UnsupportedCodec && !(f.ProvesAbsence && f.HasOtherCodec))
            || (f.Answer is A.TooLarge && !(f.ProvesAbsence && f.HasManyRecords))
            || (f.Answer is A.Retriable && !f.HasRetries)
            || (f.Answer is A.None && !f.IsAfterGap && !f.HasRetries))),
    ];

    private static readonly F[] All = [.. Enumerable.Range(0, 10 << 9).Select(Combination)];

    public static TheoryData<int> Rows => [.. Table.Select(static row => row.Row)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_decides_what_it_says(int row)
    {
        var (_, action, when) = Table[row - 1];
        Law.Check($"row {row}", Gen.Elements(All.Where(when)), facts => LaneRules.Of(facts) == new LaneRule(row, action));
    }

    [Fact]
    public void Every_combination_has_one_row_and_every_row_is_reached()
    {
        Assert.All(All, static facts => Assert.Equal(LaneRules.Of(facts).Row, Assert.Single(Table, row => row.When(facts)).Row));
        Assert.Equal(Table.Select(static row => row.Row), All.Select(static facts => LaneRules.Of(facts).Row).Distinct().Order());
    }

    // The rule behind the rules: what may be on the log keeps its numbers, whatever the broker answers, unless a gap or a forgotten id
    // proves it absent.
    [Fact]
    public void An_unclear_batch_is_never_renumbered() => Assert.All(
        All.Where(static f => f is { IsUnclear: true, IsAfterGap: false } && f.Answer is not A.UnknownId),
        static f => Assert.False(LaneRules.Of(f).Action is LaneAction.Renumber or LaneAction.RenumberUnderNewId));

    [Theory]
    [InlineData(0, A.Success, A.Success)]
    [InlineData(46, A.Duplicate, A.Duplicate)]
    [InlineData(45, A.OutOfOrder, A.Refused)]
    [InlineData(59, A.UnknownId, A.Refused)]
    [InlineData(47, A.StaleEpoch, A.Refused)]
    [InlineData(10, A.TooLarge, A.TooLarge)]
    [InlineData(76, A.UnsupportedCodec, A.UnsupportedCodec)]
    [InlineData(7, A.Retriable, A.Retriable)]
    [InlineData(3, A.Retriable, A.Retriable)]
    [InlineData(29, A.Refused, A.Refused)]
    [InlineData(-1, A.Refused, A.Refused)]
    [InlineData(999, A.Refused, A.Refused)]
    internal void A_code_is_told_apart_as_far_as_the_rules_do(short code, A withNumbers, A without)
    {
        Assert.Equal(withNumbers, LaneRules.KindOf(code, isIdempotent: true));
        Assert.Equal(without, LaneRules.KindOf(code, isIdempotent: false));
    }

    [Fact]
    public void Only_a_refusal_before_the_append_without_an_offset_proves_absence() => Law.Check(
        "absence", Gen.Zip(Gen.Choose(-1, 133), Gen.Choose(-1, 3)), static given =>
        {
            var answer = new PartitionAnswer { ErrorCode = (short)given.Item1, BaseOffset = given.Item2 };
            return LaneRules.ProvesAbsence(answer) == (ErrorTable.Get(answer.ErrorCode).Appended == Appended.No && given.Item2 == -1);
        });

    [Theory]
    [InlineData(10, ProduceErrorCode.RecordTooLarge, false)]
    [InlineData(17, ProduceErrorCode.TopicUnknown, false)]
    [InlineData(29, ProduceErrorCode.Authorization, false)]
    [InlineData(53, ProduceErrorCode.Authorization, true)]
    [InlineData(87, ProduceErrorCode.Broker, false)]
    [InlineData(90, ProduceErrorCode.Fenced, true)]
    public void A_refusal_has_its_error(short code, ProduceErrorCode error, bool isFatal) =>
        Assert.Equal((error, isFatal), (LaneRules.FailureOf(code), LaneRules.EndsProducer(code)));

    // An unclear batch before a success whose sequence the broker checked is there, unless another log may have it. After an OUT_OF_ORDER
    // any success tells.
    [Fact]
    public void A_success_vouches_for_what_the_broker_must_have_had_before_it()
    {
        foreach (var beside in new[] { false, true })
        {
            foreach (var voucher in Enum.GetValues<Voucher>())
            {
                Assert.False(LaneRules.Vouches(beside, OnLog.No, voucher));
                Assert.Equal(voucher != Voucher.Nobody, LaneRules.Vouches(beside, OnLog.AskLater, voucher));
                Assert.Equal(beside && voucher == Voucher.AnySuccess, LaneRules.Vouches(beside, OnLog.Maybe, voucher));
            }
        }
    }

    private static bool OutOfOrder(F f) => !f.IsGivenUp && f.Answer is A.OutOfOrder;

    private static bool IsAbsent(F f) => f.ProvesAbsence && !f.IsUnclear;

    private static F Combination(int n) => new()
    {
        Answer = (A)(n >> 9),
        IsGivenUp = (n & 1) != 0,
        ProvesAbsence = (n & 2) != 0,
        IsUnclear = (n & 4) != 0,
        IsAfterGap = (n & 8) != 0,
        IsVouchedFor = (n & 16) != 0,
        HasEarlier = (n & 32) != 0,
        HasRetries = (n & 64) != 0,
        HasManyRecords = (n & 128) != 0,
        HasOtherCodec = (n & 256) != 0,
    };
}
