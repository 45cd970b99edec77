namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Something that goes wrong, and is over at some time.</summary>
/// <param name="Kind">What.</param>
/// <param name="AtMs">When it begins.</param>
/// <param name="Broker">Whom it concerns, where it concerns one; 0 = all, of requests.</param>
/// <param name="Partition">What it concerns, where it concerns one; −1 = all, of requests.</param>
/// <param name="Times">How many requests it concerns.</param>
/// <param name="Skip">How many requests it lets pass first.</param>
/// <param name="Code">The error code.</param>
/// <param name="Ms">How long it lasts, or a delay.</param>
internal sealed record Fault(FaultKind Kind, int AtMs = 0, int Broker = 0, int Partition = -1, int Times = 1, int Skip = 0, short Code = 0, int Ms = 0)
{
    public override string ToString()
    {
        var text = $"new(FaultKind.{Kind}";
        text += AtMs > 0 ? $", AtMs: {AtMs}" : "";
        text += Broker > 0 ? $", Broker: {Broker}" : "";
        text += Partition >= 0 ? $", Partition: {Partition}" : "";
        text += Times != 1 ? $", Times: {Times}" : "";
        text += Skip > 0 ? $", Skip: {Skip}" : "";
        text += Code != 0 ? $", Code: {Code}" : "";
        return text + (Ms > 0 ? $", Ms: {Ms})" : ")");
    }
}
