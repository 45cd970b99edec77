namespace Rx.Kafka.Tool.Showing;

/// <summary>What went wrong, as people read it.</summary>
internal static class FaultText
{
    /// <summary>The message without the name of a parameter of ours, with which the framework ends some: it tells a user nothing.</summary>
    public static string Of(Exception fault) => fault is ArgumentException { ParamName: { } name }
        ? fault.Message.Replace($" (Parameter '{name}')", null, StringComparison.Ordinal)
        : fault.Message;
}
