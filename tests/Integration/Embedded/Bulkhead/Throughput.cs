namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>What the living part delivers, in MB/s.</summary>
/// <param name="Healthy">While all is well.</param>
/// <param name="Beside">Beside the dead part.</param>
internal readonly record struct Throughput(double Healthy, double Beside)
{
    public double Ratio => Beside / Healthy;
}
