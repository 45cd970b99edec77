namespace Rx.Kafka.Network;

/// <summary>Whoever sends on a connection. Called from any thread; both only post or set a signal.</summary>
internal interface IConnectionOwner
{
    /// <summary>
    /// A flush that was pending has ended: <see cref="BrokerConnection.CanSend"/> may be true again; a hint, so look. Not called for a
    /// flush that ended within the call that began it.
    /// </summary>
    void Flushed(BrokerConnection connection);

    /// <summary>The connection has ended, and every request on it was told. Once; perhaps before the task that opens the connection has
    /// handed it over
    /// (then <see cref="BrokerConnection.IsClosed"/> says so).</summary>
    void Closed(BrokerConnection connection, Exception cause);

    /// <summary>
    /// The answers that had come are read, and their requests were told. On the read loop, which waits for the return before it reads
    /// on.
    /// </summary>
    void AnswersRead()
    {
    }
}
