namespace Rx.Kafka.Batching;

/// <summary>The face of records whose outcome nobody wants.</summary>
internal sealed class UnobservedFace : Face
{
    public static UnobservedFace Instance { get; } = new();

    public override FaceInterest Interest => FaceInterest.None;

    public override bool TryEnter() => true;

    public override void Leave()
    {
    }

    public override void Decided(FaceShare share) => share.Return();
}
