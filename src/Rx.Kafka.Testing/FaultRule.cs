using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing;

/// <summary>One rule of <see cref="Faults"/>: which requests, how often, and what happens to them. Filters and effects may come in any order.</summary>
public sealed class FaultRule
{
    private readonly Faults _faults;
    private readonly ApiKey _key;
    private string? _topic;
    private int? _partition;
    private int? _broker;
    private int _times = int.MaxValue;
    private int _skip;

    internal FaultRule(Faults faults, ApiKey key)
    {
        _faults = faults;
        _key = key;
    }

    /// <summary>How many requests it has disturbed.</summary>
    public int Hits { get; private set; }

    internal short? Error { get; private set; }

    internal bool ErrorAfterAppend { get; private set; }

    internal bool TellsOffset { get; private set; }

    internal IReadOnlyList<int> RejectedRecords { get; private set; } = [];

    internal bool Drops { get; private set; }

    internal bool Hangs { get; private set; }

    internal bool CutsBefore { get; private set; }

    internal bool CutsAfter { get; private set; }

    internal bool ServesTwice { get; private set; }

    internal TimeSpan LateBy { get; private set; }

    internal TimeSpan TimePerByte { get; private set; }

    internal TimeSpan DelayBefore { get; private set; }

    internal TimeSpan DelayAfter { get; private set; }

    internal TimeSpan ThrottleTime { get; private set; }

    private bool Acts =>
        Error is not null || Drops || Hangs || CutsBefore || CutsAfter || ServesTwice
        || LateBy > TimeSpan.Zero || TimePerByte > TimeSpan.Zero || DelayBefore > TimeSpan.Zero || DelayAfter > TimeSpan.Zero || ThrottleTime > TimeSpan.Zero;

    /// <summary>Only requests (and errors) about this topic: of Produce, Fetch and Metadata.</summary>
    /// <param name="name">The topic's name.</param>
    /// <returns>This rule.</returns>
    /// <exception cref="InvalidOperationException">It is a rule for another API: nobody looks which topics that is about.</exception>
    public FaultRule Topic(string name)
    {
        Require(_key is ApiKey.Produce or ApiKey.Fetch or ApiKey.Metadata, nameof(Topic), "Produce, Fetch and Metadata");
        _topic = name;
        return this;
    }

    /// <summary>Only requests (and errors) about this partition: of Produce and Fetch.</summary>
    /// <param name="index">The partition, from 0.</param>
    /// <returns>This rule.</returns>
    /// <exception cref="InvalidOperationException">It is a rule for another API: nobody looks which partitions that is about.</exception>
    public FaultRule Partition(int index)
    {
        Require(_key is ApiKey.Produce or ApiKey.Fetch, nameof(Partition), "Produce and Fetch");
        _partition = index;
        return this;
    }

    /// <summary>Only requests to this broker.</summary>
    /// <param name="id">The broker's id, from 1.</param>
    /// <returns>This rule.</returns>
    public FaultRule Broker(int id)
    {
        _broker = id;
        return this;
    }

    /// <summary>Only the first matching requests.</summary>
    /// <param name="count">How many.</param>
    /// <returns>This rule.</returns>
    public FaultRule Times(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _times = count;
        return this;
    }

    /// <summary>Lets matching requests pass first.</summary>
    /// <param name="count">How many.</param>
    /// <returns>This rule.</returns>
    public FaultRule Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _skip = count;
        return this;
    }

    /// <summary>
    /// Answers with an error: for Produce and Fetch of each matching partition, for Metadata of each matching topic, else of the
    /// request.
    /// </summary>
    /// <param name="code">The error code on the wire.</param>
    /// <param name="afterAppend">True: the batch is appended all the same, as with a REQUEST_TIMED_OUT (7).</param>
    /// <returns>This rule.</returns>
    public FaultRule Fail(short code, bool afterAppend = false)
    {
        Error = code;
        ErrorAfterAppend = afterAppend;
        return this;
    }

    /// <summary>Appends the batch, and answers Produce with an error and the base offset all the same: whatever the code says, the records are there.</summary>
    /// <param name="code">The error code on the wire.</param>
    /// <returns>This rule.</returns>
    public FaultRule FailWithOffset(short code)
    {
        TellsOffset = true;
        return Fail(code, afterAppend: true);
    }

    /// <summary>Refuses a batch because of some of its records, and names them from Produce 8 on (KIP-467).</summary>
    /// <param name="code">The error code on the wire; Kafka uses 87 (INVALID_RECORD).</param>
    /// <param name="indexes">The records' positions in their batch, from 0; those beyond the batch are left out.</param>
    /// <returns>This rule.</returns>
    public FaultRule RejectRecords(short code, params int[] indexes)
    {
        RejectedRecords = indexes;
        return Fail(code);
    }

    /// <summary>Serves the request and swallows the answer, and every later answer on that connection: later requests are served too.</summary>
    /// <returns>This rule.</returns>
    public FaultRule DropResponse()
    {
        Drops = true;
        return this;
    }

    /// <summary>Never serves the request, nor what comes behind it on that connection.</summary>
    /// <returns>This rule.</returns>
    public FaultRule Hang()
    {
        Hangs = true;
        return this;
    }

    /// <summary>Cuts the connection instead of answering.</summary>
    /// <param name="afterAppend">True: the request is served first. False: it is not.</param>
    /// <returns>This rule.</returns>
    public FaultRule CutConnection(bool afterAppend)
    {
        CutsAfter = afterAppend;
        CutsBefore = !afterAppend;
        return this;
    }

    /// <summary>Cuts the connection and serves the request later all the same, as a broker does that has taken it off the socket: a request that was sent again in the meantime comes twice, the older one last.</summary>
    /// <param name="later">How long after the cut.</param>
    /// <returns>This rule.</returns>
    public FaultRule ServeAfterCut(TimeSpan later)
    {
        LateBy = later;
        return this;
    }

    /// <summary>Serves the request twice, and answers what the second time gave.</summary>
    /// <returns>This rule.</returns>
    public FaultRule ServeTwice()
    {
        ServesTwice = true;
        return this;
    }

    /// <summary>Answers byte by byte; what comes behind it on that connection waits.</summary>
    /// <param name="timePerByte">The time before each byte.</param>
    /// <returns>This rule.</returns>
    public FaultRule Trickle(TimeSpan timePerByte)
    {
        TimePerByte = timePerByte;
        return this;
    }

    /// <summary>Waits before the request is served; what comes behind it on that connection waits too.</summary>
    /// <param name="time">How long.</param>
    /// <returns>This rule.</returns>
    public FaultRule Delay(TimeSpan time)
    {
        DelayBefore = time;
        return this;
    }

    /// <summary>Serves the request and waits before it is answered; what comes behind it on that connection waits too.</summary>
    /// <param name="time">How long.</param>
    /// <returns>This rule.</returns>
    public FaultRule DelayResponse(TimeSpan time)
    {
        DelayAfter = time;
        return this;
    }

    /// <summary>Answers with a throttle time, and then reads nothing on that connection for so long (KIP-219).</summary>
    /// <param name="time">How long.</param>
    /// <returns>This rule.</returns>
    public FaultRule Throttle(TimeSpan time)
    {
        ThrottleTime = time;
        return this;
    }

    /// <summary>Ends the rule.</summary>
    public void Remove() => _faults.Remove(this);

    internal bool Concerns(string topic, int partition) =>
        (_topic is null || string.Equals(_topic, topic, StringComparison.Ordinal)) && (_partition is null || _partition == partition);

    internal bool Takes(int broker, Request request)
    {
        if (!Acts || request.Header.Key != _key || (_broker is { } only && only != broker) || _times == 0 || !Names(request))
        {
            return false;
        }

        if (_skip > 0)
        {
            _skip--;
            return false;
        }

        _times--;
        Hits++;
        return true;
    }

    private bool Names(Request request) => (_topic is null && _partition is null) || request.IsAbout(Concerns);

    private void Require(bool isRight, string filter, string keys)
    {
        if (!isRight)
        {
            throw new InvalidOperationException($"A rule for {_key} has no {filter}: only rules for {keys} have one. Leave it out.");
        }
    }
}
