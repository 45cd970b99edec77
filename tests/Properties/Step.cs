namespace Rx.Kafka.Properties;

/// <summary>One step of a random program: what to do and two numbers for it.</summary>
internal readonly record struct Step(int Kind, int A, int B)
{
    public override string ToString() => $"({Kind}, {A}, {B})";
}
