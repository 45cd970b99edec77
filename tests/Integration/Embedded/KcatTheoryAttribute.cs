namespace Rx.Kafka.Integration.Embedded;

/// <summary>A theory that needs kcat; without it the test is shown as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KcatTheoryAttribute : TheoryAttribute
{
    public KcatTheoryAttribute()
    {
        if (Kcat.Path is null)
        {
            Skip = "kcat is not on the PATH (Debian: apt-get install kcat).";
        }
    }
}
