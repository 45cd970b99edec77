namespace Rx.Kafka.Testing.Brokers;

/// <summary>What the rules make of one request.</summary>
internal sealed class FaultPlan
{
    private readonly List<FaultRule> _failing = [];

    public static FaultPlan None { get; } = new();

    public TimeSpan DelayBefore { get; private set; }

    public TimeSpan DelayAfter { get; private set; }

    public TimeSpan Throttle { get; private set; }

    public TimeSpan LateBy { get; private set; }

    public TimeSpan TimePerByte { get; private set; }

    public bool ServesTwice { get; private set; }

    public bool Hangs { get; private set; }

    public bool CutsBefore { get; private set; }

    public bool CutsAfter { get; private set; }

    public bool Drops { get; private set; }

    public int ThrottleMs => (int)Throttle.TotalMilliseconds;

    /// <summary>The error of a request that is not about topics.</summary>
    public short Error => _failing.Count == 0 ? (short)0 : _failing[0].Error ?? 0;

    public void Add(FaultRule rule)
    {
        DelayBefore += rule.DelayBefore;
        DelayAfter += rule.DelayAfter;
        Throttle = rule.ThrottleTime > Throttle ? rule.ThrottleTime : Throttle;
        LateBy += rule.LateBy;
        TimePerByte += rule.TimePerByte;
        ServesTwice |= rule.ServesTwice;
        Hangs |= rule.Hangs;
        CutsBefore |= rule.CutsBefore;
        CutsAfter |= rule.CutsAfter;
        Drops |= rule.Drops;
        if (rule.Error is not null)
        {
            _failing.Add(rule);
        }
    }

    /// <summary>The rule that fails a partition (Metadata: a topic, partition -1); null = none.</summary>
    public FaultRule? Failing(string topic, int partition)
    {
        foreach (var rule in _failing)
        {
            if (rule.Concerns(topic, partition))
            {
                return rule;
            }
        }

        return null;
    }
}
