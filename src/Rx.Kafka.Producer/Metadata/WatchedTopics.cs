using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>The topics somebody wants to know about, in the order first wanted. Any thread adds, the control loop does the rest.</summary>
internal sealed class WatchedTopics
{
    private readonly Lock _gate = new();
    private readonly List<WatchedTopic> _topics = [];
    private readonly Dictionary<string, WatchedTopic> _byName = new(StringComparer.Ordinal);
    private int _unanswered;

    /// <summary>Whether a topic waits for its first answer.</summary>
    public bool HasNew
    {
        get
        {
            lock (_gate)
            {
                return _unanswered > 0;
            }
        }
    }

    /// <summary>Notes interest.</summary>
    public TopicInterest Watch(string name, long now)
    {
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out var known))
            {
                known.LastUsed = now;
                return known.ErrorCode == ErrorCodes.TopicAuthorizationFailed ? TopicInterest.Forbidden : TopicInterest.Known;
            }

            var topic = new WatchedTopic(name) { LastUsed = now };
            _byName.Add(name, topic);
            _topics.Add(topic);
            _unanswered++;
            return TopicInterest.New;
        }
    }

    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _byName.ContainsKey(name);
        }
    }

    /// <summary>The last answer's error for a topic; 0 = none, or no answer yet.</summary>
    public short Error(string name)
    {
        lock (_gate)
        {
            return _byName.TryGetValue(name, out var topic) ? topic.ErrorCode : (short)0;
        }
    }

    /// <summary>Whether a topic's last answer was an error of some kind.</summary>
    public bool HasError(Predicate<short> kind)
    {
        lock (_gate)
        {
            return _topics.Exists(t => kind(t.ErrorCode));
        }
    }

    /// <summary>The names to ask for.</summary>
    public List<string> Names(bool newOnly)
    {
        lock (_gate)
        {
            var names = new List<string>(newOnly ? _unanswered : _topics.Count);
            foreach (var topic in _topics)
            {
                if (!newOnly || !topic.Answered)
                {
                    names.Add(topic.Name);
                }
            }

            return names;
        }
    }

    /// <summary>
    /// An answer came to a request that named some topics: one it passes over is as good as unknown, so it is asked for again, after a
    /// back-off.
    /// </summary>
    public void Answered(List<string> asked, MetadataTopic[] topics)
    {
        lock (_gate)
        {
            foreach (var name in asked)
            {
                if (_byName.TryGetValue(name, out var topic))
                {
                    _unanswered -= topic.Answered ? 0 : 1;
                    topic.Answered = true;
                    topic.ErrorCode = ErrorCodes.UnknownTopicOrPartition;
                }
            }

            foreach (var answer in topics)
            {
                if (_byName.TryGetValue(answer.Name, out var topic) && topic.Answered)
                {
                    topic.ErrorCode = answer.ErrorCode;
                }
            }
        }
    }

    /// <summary>Drops topics in which nobody was interested since a time, unless somebody keeps them; new ones stay.</summary>
    /// <param name="since">The time.</param>
    /// <param name="now">Topics that somebody keeps count as used now.</param>
    /// <param name="keep">Asked without a lock held.</param>
    /// <returns>What was dropped.</returns>
    public List<string> DropIdle(long since, long now, Func<string, bool> keep)
    {
        List<string> idle;
        lock (_gate)
        {
            idle = _topics.FindAll(t => t.Answered && t.LastUsed <= since).ConvertAll(static t => t.Name);
        }

        var kept = idle.FindAll(name => keep(name));
        lock (_gate)
        {
            kept.ForEach(name => _byName[name].LastUsed = now);

            // Interest may have come back while nobody held the lock.
            idle.RemoveAll(name => _byName[name].LastUsed > since);
            foreach (var name in idle)
            {
                _byName.Remove(name, out var topic);
                _topics.Remove(topic!);
            }
        }

        return idle;
    }
}

/// <summary>A topic somebody wants to know about. Guarded by <see cref="WatchedTopics"/>' lock.</summary>
internal sealed class WatchedTopic(string name)
{
    public string Name { get; } = name;

    /// <summary>The timestamp of the last interest.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether any answer has spoken of it.</summary>
    public bool Answered { get; set; }

    /// <summary>The last answer's error; 0 = none.</summary>
    public short ErrorCode { get; set; }
}

/// <summary>What interest in a topic met.</summary>
internal enum TopicInterest
{
    /// <summary>It is watched already.</summary>
    Known,

    /// <summary>It is watched from now on.</summary>
    New,

    /// <summary>It is watched, but the last answer denied it to us: that may have been changed since.</summary>
    Forbidden,
}
