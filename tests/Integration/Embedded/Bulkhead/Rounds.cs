namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>Measures again and again, for one round on a shared machine may be measured beside anything.</summary>
internal static class Rounds
{
    /// <summary>Rounds one after the other, and the one with the median ratio of three. Two that reach the floor decide what the median does.</summary>
    public static async Task<T> MedianAsync<T>(Func<Task<T>> measure, Func<T, double> ratio, double floor)
    {
        var rounds = new List<T> { await measure(), await measure() };
        if (Scale.Current.IsFull || !rounds.TrueForAll(round => ratio(round) >= floor))
        {
            rounds.Add(await measure());
        }

        return rounds.OrderBy(ratio).ElementAt(rounds.Count - 2);
    }
}
