using System.Threading.Tasks.Sources;

namespace Rx.Kafka.Outcomes;

/// <summary>What the await of one record stands on, for who takes the outcome as a value.</summary>
internal interface IAwaitedRecord : IValueTaskSource<RecordMetadata>
{
    /// <summary>Takes the outcome, once, as the await would; but a failure is a value, not an exception.</summary>
    /// <param name="token">The await's token.</param>
    /// <param name="state">The delivery's state.</param>
    /// <param name="delivery">The outcome.</param>
    /// <returns>Why the record failed; null = it did not.</returns>
    ProduceError? Take(short token, int state, out Delivery<int> delivery);
}
