namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>L15: what lives keeps its throughput beside what is gone for good, in the default 32 MiB. Each round measures both with the same producer, and only their ratio is judged.</summary>
/// <remarks><c>RX_BULKHEAD=full</c> measures all cases for longer, judges by what is promised, and writes a table.</remarks>
[Collection(nameof(BulkheadGroup))]
public sealed class BulkheadTests(BulkheadTable table)
{
    private const int Brief = 5;

    private static readonly (Outage Outage, double FlatOut)[] Outages =
    [
        // All of it, as far as one rate can be measured beside another: 413 of 417 MB/s has been seen.
        (Outage.OfLeaders(1, 6), 0.95),
        (Outage.OfLeaders(10, 60), 0.2),
        (Outage.OfLeaders(300, 1000), 0.05),
        (Outage.OfRefusingBroker(6), 0.5),
        (Outage.OfMuteBroker(6), 0.5),
        (Outage.OfRefusingBroker(60), 0.5),
        (Outage.OfMuteBroker(60), 0.5),
    ];

    public static TheoryData<string, Feeding, Way> Cases()
    {
        var cases = new TheoryData<string, Feeding, Way>();
        foreach (var (outage, _) in Scale.Current.IsFull ? Outages : Outages[..Brief])
        {
            foreach (var feeding in Enum.GetValues<Feeding>())
            {
                if (Scale.Current.IsFull)
                {
                    cases.Add(outage.Name, feeding, Way.Push);
                    cases.Add(outage.Name, feeding, Way.Enqueue);
                }
                else if (feeding != Feeding.UnkeyedFlatOut)
                {
                    cases.Add(outage.Name, feeding, Way.Push);
                }
            }
        }

        return cases;
    }

    [Theory]
    [Law("L15")]
    [MemberData(nameof(Cases))]
    public async Task What_lives_keeps_its_throughput(string name, Feeding feeding, Way way)
    {
        var (outage, flatOut) = Array.Find(Outages, o => string.Equals(o.Outage.Name, name, StringComparison.Ordinal));
        var promised = feeding switch
        {
            Feeding.Paced or Feeding.Unkeyed => 0.95,
            Feeding.FlatOut => flatOut,
            _ => Math.Min(flatOut, 0.5),
        };
        var floor = Scale.Current.IsFull ? promised : promised * (feeding is Feeding.Paced or Feeding.Unkeyed ? 0.8 : 0.5);

        var measured = await new Measurement(outage, feeding, way, Scale.Current).MedianAsync(floor);

        table.Add(outage.Name, $"{feeding}, {way}", measured.Healthy, measured.Beside, promised);
        Assert.True(measured.Ratio >= floor, $"{measured.Healthy:0.0} MB/s when all was well, {measured.Beside:0.0} beside {name}: {measured.Ratio:P0}, and the floor is {floor:P0}.");
    }
}
