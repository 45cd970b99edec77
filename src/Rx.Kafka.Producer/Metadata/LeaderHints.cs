using System.Runtime.InteropServices;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>Hints on their way to the control loop: the newest per partition, so at most as many as partitions. Any thread adds.</summary>
internal sealed class LeaderHints
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Topic, Guid TopicId, int Partition), int> _places = [];
    private List<LeaderHint> _hints = [];

    public void Add(in LeaderHint hint)
    {
        lock (_gate)
        {
            var key = (hint.Topic, hint.TopicId, hint.Partition);
            if (!_places.TryGetValue(key, out var place))
            {
                _places.Add(key, _hints.Count);
                _hints.Add(hint);
            }
            else if (hint.LeaderEpoch > _hints[place].LeaderEpoch)
            {
                _hints[place] = hint;
            }
        }
    }

    /// <summary>All hints, in the order they came; they are gone from here.</summary>
    public List<LeaderHint> Take()
    {
        lock (_gate)
        {
            if (_hints.Count == 0)
            {
                return [];
            }

            var taken = _hints;
            _hints = [];
            _places.Clear();
            return taken;
        }
    }
}

/// <summary>
/// A new leader, told by the old one with its refusal (KIP-951). The id is that of the topic that was written to; empty = not known.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaderHint(
    string Topic, Guid TopicId, int Partition, int LeaderId, int LeaderEpoch, BrokerNode[] EndPoints);
