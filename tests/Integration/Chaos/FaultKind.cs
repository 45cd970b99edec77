namespace Rx.Kafka.Integration.Chaos;

/// <summary>What is done to a broker, or to the connections to it.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and started again later.</summary>
    Kill,

    /// <summary>SIGSTOP: it hangs, its connections stay; SIGCONT later.</summary>
    Pause,

    /// <summary>Some partitions get another leader.</summary>
    MoveLeaders,

    /// <summary>All connections are cut at once.</summary>
    Cut,

    /// <summary>For a while connections are cut in the midst of what is on its way: part of a frame arrives.</summary>
    Tear,

    /// <summary>All bytes come late.</summary>
    Delay,

    /// <summary>A few bytes at a time.</summary>
    Trickle,

    /// <summary>Connections are accepted and nothing is forwarded either way.</summary>
    BlackHole,

    /// <summary>Answers come, requests do not get there; when it is over they do, though the client may have given them up.</summary>
    HoldRequests,

    /// <summary>Requests get there and are appended, answers do not come.</summary>
    HoldAnswers,
}
