using Rx.Kafka.Integration.RealKafka;

namespace Rx.Kafka.Integration.Migration;

/// <summary>A test that needs a Java compiler and Kafka's own jars; skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JavacFactAttribute : FactAttribute
{
    public JavacFactAttribute()
    {
        if (!IsPossible)
        {
            Skip = $"needs javac on the PATH, and {Environs.HomeVariable} for Kafka's jars";
        }
    }

    public static bool IsPossible { get; } = Environs.Script is not null && Programs.IsOnPath("javac");
}
