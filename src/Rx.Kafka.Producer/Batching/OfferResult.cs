namespace Rx.Kafka.Batching;

/// <summary>What became of an offered record: placed (nothing set), refused at once, or standing in line.</summary>
/// <param name="Error">Why it was refused.</param>
/// <param name="Waiter">Its place in line.</param>
/// <param name="FaceEnded">Its face had ended before it was accepted.</param>
internal readonly record struct OfferResult(ProduceError? Error, Waiter? Waiter, bool FaceEnded = false)
{
    public bool IsPlaced => Error is null && Waiter is null && !FaceEnded;
}
