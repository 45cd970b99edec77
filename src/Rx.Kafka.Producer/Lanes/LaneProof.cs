using Rx.Kafka.Network;

namespace Rx.Kafka.Lanes;

/// <summary>
/// That the broker knows a lane's producer id: a success on this connection, not long ago. Only then does a broker refuse a batch whose
/// predecessor it has not got; of an id that it does not know it accepts any first sequence.
/// </summary>
internal struct LaneProof(TimeProvider time)
{
    /// <summary>
    /// A broker may forget a producer id that writes nothing; after so long without a success it must prove again that it knows us.
    /// </summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private BrokerConnection? _connection;
    private long _producerId;
    private long _at;

    /// <summary>A batch was acknowledged.</summary>
    public void Given(long producerId, BrokerConnection connection, long now) =>
        (_producerId, _connection, _at) = (producerId, connection, now);

    /// <summary>The lane's log is another one now.</summary>
    public void End() => _connection = null;

    public readonly bool Holds(long producerId, BrokerConnection connection, long now) =>
        _connection == connection && _producerId == producerId && time.GetElapsedTime(_at, now) < Lifetime;
}
