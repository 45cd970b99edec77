using System.Collections.Concurrent;
using System.Net;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>
/// Tells a listener that wants SASL from a broker that stops: both hang up on the first request of a client that has not said who it is. So
/// the next connection to that address asks first, by a mechanism that does not exist. One per client. Any thread.
/// </summary>
internal sealed class SaslQuestions
{
    private const string NoMechanism = "NONE";

    private readonly ConcurrentDictionary<EndPoint, bool> _open = new();

    /// <summary>An address hung up so.</summary>
    public void Add(EndPoint endPoint) => _open[endPoint] = true;

    /// <summary>Asks on a new connection, if there is reason to.</summary>
    /// <exception cref="KafkaAuthenticationException">SASL is wanted.</exception>
    /// <exception cref="KafkaException">The connection ended.</exception>
    public async Task AskAsync(BrokerConnection connection, ApiVersionTable versions)
    {
        if (!_open.TryRemove(connection.EndPoint, out _) || !versions.TryPick(ApiKey.SaslHandshake, short.MaxValue, out var version))
        {
            return;
        }

        var question = new SaslHandshakeCall(NoMechanism);
        var answer = connection.TrySend(question, version)
            ? await question.Response
            : throw connection.CloseReason ?? ConnectionFault.ClosedByPeer(connection.Name, connection.Requests);
        if (answer.ErrorCode == ErrorCodes.UnsupportedSaslMechanism)
        {
            Add(connection.EndPoint);
            throw SaslFailure.Wanted(connection.Name, answer.Mechanisms);
        }
    }
}
