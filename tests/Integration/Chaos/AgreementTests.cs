namespace Rx.Kafka.Integration.Chaos;

/// <summary>The judge must be able to condemn: each kind of disagreement between outcomes and log is seen.</summary>
public sealed class AgreementTests
{
    private const int PerStream = 4;
    private static readonly StreamRecord Second = new(0, 1);
    private static readonly StreamRecord Third = new(0, 2);

    private readonly Ledger _ledger = new(streams: 1, PerStream);
    private readonly LogContents _log = new(streams: 1, PerStream);

    [Fact]
    public void Outcomes_that_agree_are_no_fault()
    {
        _log.Add(0, 5, new StreamRecord(0, 0).Text);
        _log.Add(0, 6, Second.Text);
        Acknowledge(new(0, 0), 5);
        Acknowledge(Second, -1);
        Fail(Third, Persistence.NotPersisted);
        Fail(new(0, 3), Persistence.PossiblyPersisted);

        Assert.Empty(Agreement.Faults(_ledger, _log));
    }

    [Fact]
    public void An_acknowledged_record_that_is_not_there_is_lost() => Condemned("is lost", () => Acknowledge(Third, 7));

    [Fact]
    public void So_is_one_acknowledged_without_offset() => Condemned("is lost", () => Acknowledge(Third, -1));

    [Fact]
    public void A_record_reported_as_not_there_must_not_be_there() => Condemned("was reported NotPersisted", () => Logged(Third, 7, () => Fail(Third, Persistence.NotPersisted)));

    [Fact]
    public void A_record_must_be_where_it_was_said_to_be() => Condemned("was acknowledged at partition 0 offset 8", () => Logged(Third, 7, () => Acknowledge(Third, 8)));

    [Fact]
    public void A_record_without_outcome_is_a_fault() => Condemned("has no outcome", static () => { });

    [Fact]
    public void A_second_outcome_is_a_fault() => Condemned("has a second outcome", () => Logged(Third, 7, () =>
    {
        Acknowledge(Third, 7);
        Fail(Third, Persistence.PossiblyPersisted);
    }));

    [Fact]
    public void A_duplicate_is_a_fault() => Condemned("is there twice", () => Logged(Third, 7, () => Logged(Third, 8, () => Acknowledge(Third, 7))));

    [Fact]
    public void A_later_record_before_an_earlier_one_is_a_fault() => Condemned("is behind 3 of its stream", () => Logged(new(0, 3), 7, () => Logged(Third, 8, () => Acknowledge(Third, 8))));

    [Fact]
    public void A_stream_on_two_partitions_is_a_fault() => Condemned("others of its stream are on partition 0", () =>
    {
        _log.Add(1, 0, Third.Text);
        _ledger.Acknowledged(Third, new("t", 1, 0, default));
    });

    [Fact]
    public void Other_bytes_than_were_sent_are_a_fault() => Condemned("was altered", () =>
    {
        _log.Add(0, 7, Third.Text + "!");
        Acknowledge(Third, 7);
    });

    [Fact]
    public void A_record_that_nobody_sent_is_a_fault() => Condemned("unknown record", () =>
    {
        _log.Add(0, 7, "1 2 of another stream");
        Fail(Third, Persistence.NotPersisted);
    });

    /// <summary>Everything but the third record is as it should be.</summary>
    private void Condemned(string fault, Action third)
    {
        _log.Add(0, 5, new StreamRecord(0, 0).Text);
        _log.Add(0, 6, Second.Text);
        Acknowledge(new(0, 0), 5);
        Acknowledge(Second, 6);
        Fail(new(0, 3), Persistence.PossiblyPersisted);
        third();

        Assert.Contains(fault, Assert.Single(Agreement.Faults(_ledger, _log)), StringComparison.Ordinal);
    }

    private void Logged(StreamRecord id, long offset, Action then)
    {
        _log.Add(0, offset, id.Text);
        then();
    }

    private void Acknowledge(StreamRecord id, long offset) => _ledger.Acknowledged(id, new("t", 0, offset, default));

    private void Fail(StreamRecord id, Persistence persistence) => _ledger.Failed(id, new(ProduceErrorCode.DeliveryTimeout, "late", persistence));
}
