namespace Rx.Kafka.Properties.Scenarios;

/// <summary>One step of one caller.</summary>
/// <param name="Caller">Who; callers run side by side, each takes its steps in order.</param>
/// <param name="Kind">What.</param>
/// <param name="Partition">Of the record; −1 = none given.</param>
/// <param name="Key">Of the record; −1 = none.</param>
/// <param name="Bytes">Of the record's value.</param>
/// <param name="Ms">How long a pause lasts; when a token is cancelled, of several records the first one's.</param>
internal sealed record Step(int Caller, StepKind Kind, int Partition = -1, int Key = -1, int Bytes = 8, int Ms = 0)
{
    public bool IsRecord => IsPush || IsOneOfMany || Kind is StepKind.Send or StepKind.SendCancelled or StepKind.Enqueue or StepKind.EnqueueCancelled;

    /// <summary>It comes by a sink: the producer's own, or another.</summary>
    public bool IsPush => Kind is StepKind.OnNext or StepKind.SinkNext or StepKind.HaltingNext or StepKind.Write or StepKind.Deliver;

    /// <summary>Whether steps like it in a row are one call.</summary>
    public bool IsOneOfMany => Kind is StepKind.SendAll or StepKind.SendSequence;

    public override string ToString()
    {
        var text = $"new({Caller}, StepKind.{Kind}";
        if (IsRecord)
        {
            text += Partition >= 0 ? $", Partition: {Partition}" : "";
            text += Key >= 0 ? $", Key: {Key}" : "";
            text += Bytes != 8 ? $", Bytes: {Bytes}" : "";
        }

        return text + (Ms > 0 ? $", Ms: {Ms})" : ")");
    }
}
