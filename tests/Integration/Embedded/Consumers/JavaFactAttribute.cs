using Rx.Kafka.Integration.RealKafka;

namespace Rx.Kafka.Integration.Embedded.Consumers;

/// <summary>A test that runs a tool of Kafka's own; skipped, with the reason, without Java or Kafka's jars.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JavaFactAttribute : FactAttribute
{
    public JavaFactAttribute()
    {
        if (Environs.Script is null || !Programs.IsOnPath("java"))
        {
            Skip = $"needs java on the PATH, and {Environs.HomeVariable} for Kafka's jars";
        }
    }
}
