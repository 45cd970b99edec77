namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A test on brokers that the test starts, stops and reads itself; skipped, with the reason, where that cannot be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (Environs.Script is null)
        {
            Skip = $"needs real brokers: set {Environs.HomeVariable} to the directory of the kafka script";
        }
    }
}
