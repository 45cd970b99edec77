using System.Net;

namespace Rx.Kafka.Network;

/// <summary>Whose link it is. But for the first two, all is called on the owner's loop, within <see cref="BrokerLink.Keep"/>.</summary>
internal interface ILinkOwner
{
    /// <summary>Something happened: the owner's loop calls <see cref="BrokerLink.Keep"/> soon. Any thread.</summary>
    void Wake();

    /// <summary>The answers that had come are read. On the read loop, which waits for the return before it reads on.</summary>
    void AnswersRead()
    {
    }

    /// <summary>Whether another broker can be tried after the last one, without a pause.</summary>
    bool HasAnotherEndPoint => false;

    /// <summary>Where to connect to now.</summary>
    EndPoint NextEndPoint();

    void Connected(BrokerConnection connection);

    /// <summary>A request has waited for RequestTimeout; its connection has a little longer.</summary>
    void Overdue()
    {
    }

    /// <summary>An attempt failed.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="cause">Why.</param>
    /// <param name="pause">How long the next one waits.</param>
    void ConnectFailed(EndPoint endPoint, Exception cause, TimeSpan pause);

    /// <summary>A connection has ended, and all requests on it were told.</summary>
    /// <param name="connection">Which one.</param>
    /// <param name="cause">Why; an <see cref="IntendedCloseException"/> is no trouble.</param>
    /// <param name="pause">How long the next one waits.</param>
    void Disconnected(BrokerConnection connection, Exception cause, TimeSpan pause);
}
