using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>
/// What the control loop remembers of one topic: the last believed answer, and each partition's highest leader epoch, which outlives the
/// partition's absence. A lower epoch is an old story; but see <see cref="Believed"/>.
/// </summary>
internal sealed class TopicState(string name)
{
    /// <summary>
    /// Without topic ids a lower epoch may also mean that the topic was made anew: so many answers in a row are believed.
    /// </summary>
    private const int Believed = 3;

    private PartitionMetadata[] _partitions = [];
    private int[] _epochs = [];
    private byte[] _lower = [];
    private Guid _id;
    private short _errorCode;
    private bool _doubtful;
    private bool _isLost; // it had partitions, and was then denied
    private TopicMetadata? _published;
    private KnownBrokers? _publishedFor; // null = something was told since

    public string Name { get; } = name;

    /// <summary>
    /// Whether to ask again soon: an error that may pass, a topic in use that is denied now, a partition without leader, or an answer
    /// that was not believed.
    /// </summary>
    public bool Unsettled { get; private set; }

    /// <summary>Takes an answer.</summary>
    /// <param name="answer">What a broker said; of this topic.</param>
    /// <param name="trustEpochs">Below Metadata v9 brokers could serve old epochs: they are then as unknown.</param>
    public void Apply(MetadataTopic answer, bool trustEpochs)
    {
        _publishedFor = null;
        _errorCode = answer.ErrorCode;
        _doubtful = false;
        var sameId = answer.TopicId == _id && _id != Guid.Empty;
        if (answer.TopicId != Guid.Empty && !sameId)
        {
            Restart(answer.TopicId);
        }

        if (TopicErrors.EndsTopic(answer.ErrorCode))
        {
            _isLost |= _partitions.Length > 0;
            _partitions = [];
        }
        else if (answer.Partitions.Length == 0 || !IsWhole(answer.Partitions))
        {
            // What was known stays.
            _doubtful = true;
        }
        else
        {
            // Partitions are never taken away from a topic: fewer under the same id is an old story too.
            Take(answer, trustEpochs, sameId ? Math.Max(_partitions.Length, answer.Partitions.Length) : answer.Partitions.Length);
        }
    }

    /// <summary>Takes a hint if it is newer than all that is known.</summary>
    public bool Apply(in LeaderHint hint)
    {
        // Epochs of another topic of the same name are no measure.
        var isOfAnother = hint.TopicId != _id && hint.TopicId != Guid.Empty && _id != Guid.Empty;
        if (isOfAnother || (uint)hint.Partition >= (uint)_partitions.Length || hint.LeaderEpoch <= _epochs[hint.Partition])
        {
            return false;
        }

        _publishedFor = null;
        _epochs[hint.Partition] = hint.LeaderEpoch;
        _lower[hint.Partition] = 0;
        var partitions = _partitions.AsSpan().ToArray();
        partitions[hint.Partition] = partitions[hint.Partition] with { LeaderId = hint.LeaderId, LeaderEpoch = hint.LeaderEpoch };
        _partitions = partitions;
        return true;
    }

    /// <summary>
    /// The topic as a snapshot shows it, given the brokers; the same object while nothing changes; null without partitions. A topic of
    /// which nothing was told is not looked at, as long as the brokers are the same object.
    /// </summary>
    public TopicMetadata? Publish(KnownBrokers brokers)
    {
        if (ReferenceEquals(_publishedFor, brokers))
        {
            return _published;
        }

        _publishedFor = brokers;
        var partitions = new PartitionMetadata[_partitions.Length];
        var inRack = new List<int>();
        var leaderless = false;
        for (var i = 0; i < partitions.Length; i++)
        {
            var known = _partitions[i];
            partitions[i] = brokers.Ids.Contains(known.LeaderId) ? known : known with { LeaderId = -1 };
            leaderless |= partitions[i].LeaderId < 0;
            if (brokers.InRack.Contains(known.LeaderId))
            {
                inRack.Add(i);
            }
        }

        Unsettled = _doubtful || leaderless || _isLost || TopicErrors.MayPass(_errorCode);
        if (partitions.Length == 0)
        {
            return _published = null;
        }

        return _published?.SameAs(_id, _errorCode, partitions, inRack) == true
            ? _published
            : _published = new TopicMetadata(Name, _id, _errorCode, partitions, [.. inRack]);
    }

    /// <summary>Whether the numbers are 0 to n − 1, each once, in any order.</summary>
    private static bool IsWhole(MetadataPartition[] partitions)
    {
        var seen = new bool[partitions.Length];
        foreach (var partition in partitions)
        {
            if ((uint)partition.Index >= (uint)seen.Length || seen[partition.Index])
            {
                return false;
            }

            seen[partition.Index] = true;
        }

        return true;
    }

    private void Restart(Guid id)
    {
        _id = id;
        _partitions = [];
        _epochs = [];
        _lower = [];
    }

    private void Take(MetadataTopic answer, bool trustEpochs, int count)
    {
        Remember(count);
        var partitions = new PartitionMetadata[count];
        for (var i = 0; i < count; i++)
        {
            partitions[i] = i < _partitions.Length ? _partitions[i] : PartitionMetadata.Unknown;
        }

        foreach (var partition in answer.Partitions)
        {
            var epoch = trustEpochs ? partition.LeaderEpoch : -1;
            if (IsBelieved(partition.Index, epoch, withId: answer.TopicId != Guid.Empty))
            {
                partitions[partition.Index] =
                new PartitionMetadata(Math.Max(-1, partition.LeaderId), epoch, partition.Replicas, partition.InSync);
            }
        }

        _partitions = partitions;
        _isLost = false;
    }

    private bool IsBelieved(int index, int epoch, bool withId)
    {
        if (epoch >= 0 && epoch < _epochs[index] && (withId || ++_lower[index] < Believed))
        {
            _doubtful |= !withId;
            return false;
        }

        _lower[index] = 0;
        _epochs[index] = epoch >= 0 ? epoch : _epochs[index];
        return true;
    }

    private void Remember(int count)
    {
        var known = _epochs.Length;
        if (known < count)
        {
            Array.Resize(ref _epochs, count);
            Array.Resize(ref _lower, count);
            _epochs.AsSpan(known).Fill(-1);
        }
    }
}
