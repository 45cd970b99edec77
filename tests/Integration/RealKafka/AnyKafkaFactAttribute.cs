namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A test that any cluster will do for, one that runs already too; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnyKafkaFactAttribute : FactAttribute
{
    public AnyKafkaFactAttribute()
    {
        if (Environs.Script is null && Environs.Servers is null)
        {
            Skip = $"needs real brokers: set {Environs.HomeVariable} to the directory of the kafka script, or {Environs.ServersVariable} to a running cluster";
        }
    }
}
