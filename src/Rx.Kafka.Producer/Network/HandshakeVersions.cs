using System.Collections.Concurrent;
using System.Net;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>
/// In which version each address is asked for its versions. A broker refuses one that it does not know, but some front-ends and relays
/// close the connection instead: they are asked again, with less. One per client. Any thread.
/// </summary>
internal sealed class HandshakeVersions
{
    /// <summary>The first version with tagged fields: relays that fail at version 4 mostly know it.</summary>
    private const short FirstFlexible = 3;

    private static readonly short Highest = ApiVersion.Supported(ApiKey.ApiVersions).Max;

    private readonly ConcurrentDictionary<EndPoint, (short Version, bool HasAnswered)> _known = new();

    /// <summary>What to ask with first.</summary>
    public short First(EndPoint endPoint) => _known.TryGetValue(endPoint, out var known) ? known.Version : Highest;

    /// <summary>The address answered.</summary>
    public void Answered(EndPoint endPoint, short version) => _known[endPoint] = (version, HasAnswered: true);

    /// <summary>
    /// The address closed the connection without an answer. An address that has never answered is asked with all versions at once; then
    /// it may be no listener of ours, and is asked with one version for each later attempt.
    /// </summary>
    /// <returns>Whether to ask at once again, with a lower version.</returns>
    public bool Closed(EndPoint endPoint, ref short version)
    {
        if (_known.TryGetValue(endPoint, out var known))
        {
            if (!known.HasAnswered)
            {
                _known[endPoint] = (version == 0 ? Highest : Below(version), HasAnswered: false);
            }

            return false;
        }

        if (version == 0)
        {
            _known[endPoint] = (Highest, HasAnswered: false);
            return false;
        }

        version = Below(version);
        return true;
    }

    private static short Below(short version) => version > FirstFlexible ? FirstFlexible : (short)0;
}
