using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// All groups of a cluster with their offsets: brokers come and go, they stay. Its lock guards them; a timer for each group tells
/// it the time, which stands still while no broker speaks for the groups.
/// </summary>
internal sealed class GroupCoordinator(TimeProvider time, EmbeddedKafkaOptions options, Func<Guid> newId)
{
    // Names are the clients' choice.
    private const int MostGroups = 10_000;
    private static readonly TimeSpan LongestSession = TimeSpan.FromMinutes(30); // group.max.session.timeout.ms

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ManagedGroup> _groups = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();
    private int? _speaker = 1; // the first broker of a new cluster
    private TimeSpan _silence; // for how long nobody spoke
    private TimeSpan _silentSince;
    private bool _ended;

    private TimeSpan Now => _speaker is null ? _silentSince : time.GetElapsedTime(_start) - _silence;

    /// <summary>
    /// Who speaks for the groups from now on; null = nobody, and time stands still for them. Members could not reach a broker that
    /// does not speak, so their sessions begin anew with the next one.
    /// </summary>
    public void SpokenForBy(int? broker)
    {
        lock (_lock)
        {
            if (broker == _speaker)
            {
                return;
            }

            var now = Now;
            _silentSince = now;
            _speaker = broker;
            _silence = time.GetElapsedTime(_start) - now;
            foreach (var managed in _groups.Values)
            {
                managed.Group.HeardOfAll(now);
                Arm(managed);
            }
        }
    }

    public PendingAnswer<JoinResult> Join(JoinGroupRequest request)
    {
        var answer = new PendingAnswer<JoinResult>();
        var session = request.SessionTimeout;
        if (session < options.GroupMinSessionTimeout || session > LongestSession || session <= TimeSpan.Zero)
        {
            answer.Tell(JoinResult.Failed(ErrorCode.InvalidSessionTimeout, request.MemberId));
            return answer;
        }

        lock (_lock)
        {
            // Who has an id was in the group: it need not be made.
            var isNew = request.MemberId.Length == 0;
            if ((isNew ? FindOrMake(request.GroupId) : _groups.GetValueOrDefault(request.GroupId)) is { } managed)
            {
                managed.Group.Join(request, answer, Now);
                Arm(managed);
            }
            else
            {
                answer.Tell(JoinResult.Failed(isNew ? ErrorCode.GroupMaxSizeReached : ErrorCode.UnknownMemberId, request.MemberId));
            }
        }

        return answer;
    }

    public PendingAnswer<SyncResult> Sync(SyncGroupRequest request)
    {
        var answer = new PendingAnswer<SyncResult>();
        lock (_lock)
        {
            if (_groups.TryGetValue(request.GroupId, out var managed))
            {
                managed.Group.Sync(request, answer, Now);
                Arm(managed);
            }
            else
            {
                answer.Tell(SyncResult.Failed(ErrorCode.UnknownMemberId));
            }
        }

        return answer;
    }

    public short Heartbeat(string group, Membership from) => Ask(group, managed => managed.Group.Heartbeat(from, Now));

    public short Leave(string group, Membership from) => Ask(group, managed => managed.Group.Leave(from, Now));

    /// <summary>
    /// Keeps offsets if whoever sends them may commit. One that reads without a group's help (generation -1) makes the group by
    /// that. There are no more offsets than partitions: these exist.
    /// </summary>
    public short Commit(string group, Membership from, IReadOnlyList<(string Topic, int Partition, CommittedOffset Offset)> offsets)
    {
        lock (_lock)
        {
            if (from.Generation < 0 && FindOrMake(group) is null)
            {
                return ErrorCode.GroupMaxSizeReached;
            }

            return Ask(group, managed =>
            {
                var error = managed.Group.MayCommit(from, Now);
                foreach (var (topic, partition, offset) in error == ErrorCode.None ? offsets : [])
                {
                    managed.Offsets[(topic, partition)] = offset;
                }

                return error;
            });
        }
    }

    public CommittedOffset? Committed(string group, string topic, int partition)
    {
        lock (_lock)
        {
            return _groups.GetValueOrDefault(group)?.Offsets.GetValueOrDefault((topic, partition));
        }
    }

    /// <summary>The partitions of which a group has offsets, by topic.</summary>
    public IReadOnlyList<(string Topic, IReadOnlyList<int> Partitions)> Committed(string group)
    {
        lock (_lock)
        {
            return _groups.TryGetValue(group, out var managed)
                ? [.. managed.Offsets.Keys
                    .GroupBy(static key => key.Topic, static key => key.Partition)
                    .OrderBy(static topic => topic.Key, StringComparer.Ordinal)
                    .Select(static topic => (topic.Key, (IReadOnlyList<int>)[.. topic.Order()]))]
                : [];
        }
    }

    /// <summary>A topic is deleted: nobody goes on reading it.</summary>
    public void Forget(string topic)
    {
        lock (_lock)
        {
            foreach (var offsets in _groups.Values.Select(static managed => managed.Offsets))
            {
                foreach (var key in offsets.Keys.Where(key => key.Topic == topic).ToList())
                {
                    offsets.Remove(key);
                }
            }
        }
    }

    public IReadOnlyList<EmbeddedGroup> Describe()
    {
        lock (_lock)
        {
            return [.. _groups.Values
                .Select(static managed => managed.Group.Describe())
                .OrderBy(static group => group.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The brokers end: no timer is left.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var managed in _groups.Values)
            {
                managed.Timer.Dispose();
            }
        }
    }

    private short Ask(string group, Func<ManagedGroup, short> question)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(group, out var managed))
            {
                return ErrorCode.UnknownMemberId;
            }

            var answer = question(managed);
            Arm(managed);
            return answer;
        }
    }

    /// <summary>Null = there are too many.</summary>
    private ManagedGroup? FindOrMake(string name)
    {
        if (_groups.TryGetValue(name, out var known))
        {
            return known;
        }

        if (_groups.Count >= MostGroups)
        {
            return null;
        }

        var timer = time.CreateTimer(_ => Elapse(name), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return _groups[name] = new ManagedGroup(new Group(name, newId), timer);
    }

    private void Elapse(string name)
    {
        lock (_lock)
        {
            var managed = _groups[name];
            managed.Group.Elapse(Now);
            Arm(managed);
        }
    }

    private void Arm(ManagedGroup managed)
    {
        if (!_ended)
        {
            // Rounded up: timers count whole milliseconds, and one that is early would come again at once.
            var due = managed.Group.Due;
            var wait = due == TimeSpan.MaxValue || _speaker is null
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((due - Now).TotalMilliseconds)));
            managed.Timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed record ManagedGroup(Group Group, ITimer Timer)
    {
        public Dictionary<(string Topic, int Partition), CommittedOffset> Offsets { get; } = [];
    }
}
