using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing;

/// <summary>What shall go wrong: <c>kafka.Faults.On(ApiKey.Produce).Topic("orders").Partition(0).Fail(6).Times(3)</c>. Safe from any thread.</summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private FaultRule[] _rules = [];

    internal Faults()
    {
    }

    /// <summary>Starts a rule; it does nothing until it is told what to do, and then goes on until <see cref="FaultRule.Times"/>, <see cref="FaultRule.Remove"/> or <see cref="Clear"/>.</summary>
    /// <param name="key">The API whose requests it disturbs.</param>
    /// <returns>The rule.</returns>
    public FaultRule On(ApiKey key)
    {
        lock (_lock)
        {
            var rule = new FaultRule(this, key);
            _rules = [.. _rules, rule];
            return rule;
        }
    }

    /// <summary>Removes all rules.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _rules = [];
        }
    }

    internal void Remove(FaultRule rule)
    {
        lock (_lock)
        {
            _rules = [.. _rules.Where(r => r != rule)];
        }
    }

    /// <summary>What happens to a request: rules are asked in order of creation, each matching one counts it.</summary>
    internal FaultPlan Plan(int broker, Request request)
    {
        if (_rules.Length == 0)
        {
            return FaultPlan.None;
        }

        lock (_lock)
        {
            FaultPlan? plan = null;
            foreach (var rule in _rules)
            {
                if (rule.Takes(broker, request))
                {
                    (plan ??= new FaultPlan()).Add(rule);
                }
            }

            return plan ?? FaultPlan.None;
        }
    }
}
