namespace Rx.Kafka.Tool.Bench;

/// <summary>A producer under measurement. What becomes of each record it tells to its <see cref="Outcomes"/>.</summary>
internal interface IBenchClient : IAsyncDisposable
{
    /// <summary>Sends a record with this value; while there is no room it blocks, as the client's documents say. One thread.</summary>
    /// <param name="value">Its bytes may be used again after the record's outcome.</param>
    void Send(byte[] value);
}
