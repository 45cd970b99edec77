using System.Globalization;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What must hold of every run, whatever happened in it: the logs against the outcomes.</summary>
internal sealed class ScenarioModel
{
    // Deadlines are rounded up to whole milliseconds.
    private static readonly TimeSpan TimerRounding = TimeSpan.FromMilliseconds(1);

    // INVALID_PRODUCER_EPOCH: the lane takes another producer id.
    private const short StaleEpoch = 47;

    private readonly ScenarioRun _run;
    private readonly Setup _setup;
    private readonly List<string> _faults = [];
    private readonly Dictionary<int, List<(int Life, LogRecord Record)>> _logged = [];

    // What leaps of the clock may add to any time: themselves, and the pause in which read loops catch up.
    private readonly TimeSpan _leaps;

    private ScenarioModel(ScenarioRun run)
    {
        _run = run;
        _setup = run.Scenario.Setup;
        var leaps = run.Scenario.Faults.Where(static fault => fault.Kind == FaultKind.Leap);
        _leaps = leaps.Aggregate(TimeSpan.Zero, static (sum, fault) => sum + TimeSpan.FromMilliseconds(fault.Ms) + PunctualLook.Pause);
        for (var life = 0; life < run.Lives.Count; life++)
        {
            foreach (var record in run.Lives[life].Logs.SelectMany(static log => log))
            {
                var id = ScenarioRecords.IdOf(record.Value);
                if (!_logged.TryGetValue(id, out var list))
                {
                    _logged.Add(id, list = []);
                }

                list.Add((life, record));
            }
        }
    }

    /// <summary>What does not hold; empty = all is well.</summary>
    public static IReadOnlyList<string> Faults(ScenarioRun run)
    {
        var model = new ScenarioModel(run);
        foreach (var record in run.Records)
        {
            model.CheckOutcome(record);
            model.CheckLog(record);
            model.CheckTimes(record);
        }

        model.CheckOrder();
        model.CheckSinks();
        model.CheckWatches();
        model.CheckFlushes();
        model.CheckNumbers();
        model.CheckEnd();
        return model._faults;
    }

    private void Fail(string law, string what) => _faults.Add($"{law}: {what}");

    private void Require(bool holds, string law, string what)
    {
        if (!holds)
        {
            Fail(law, what);
        }
    }

    private void CheckOutcome(Offered record) => Require(record.Outcomes == 1 || IsRefusedAfterDispose(record), "L22", $"{record}");

    /// <summary>After dispose OnNext returns normally, and the record is only counted and logged.</summary>
    private bool IsRefusedAfterDispose(Offered record) => record is { Outcomes: 0, Step.IsPush: true } && (record.ReturnedAt is null || record.ReturnedAt >= _run.DisposedAt);

    private void CheckLog(Offered record)
    {
        var lives = _logged.GetValueOrDefault(record.Id) ?? [];
        var copies = lives.ConvertAll(static copy => copy.Record);
        var original = ScenarioRecords.Make(record.Id, record.Step);
        foreach (var copy in copies)
        {
            Require(ScenarioRecords.SameBytes(original, copy, hasItsTime: !_setup.LogAppendTime), "L23", $"other bytes on the log ({copy.KeyText}, {copy.Value?.Length} B, {string.Join(",", copy.Headers)}, {copy.Timestamp:O}) than sent ({original}, {string.Join(",", original.Headers)}, {original.Timestamp:O}): {record}");
            var partition = ScenarioRecords.PartitionOf(record.Step, _setup.Partitions);
            Require(partition < 0 || partition == copy.Partition, "L1, L2", $"on partition {copy.Partition}, not {partition}: {record}");
        }

        if (_setup.Idempotent)
        {
            // A topic made anew, or another cluster, knows nothing of what the last one has.
            Require(lives.Select(static copy => copy.Life).Distinct().Count() == lives.Count, "L41 twice", $"on the log at {Places(copies)}: {record}");
        }

        if (record.Succeeded && record.Persistence is null or Persistence.Persisted && _setup.Acks != RequiredAcks.None)
        {
            Require(copies.Count > 0 || (record.Metadata.Offset < 0 && IsMadeAnew()), "L41 lost", $"{record}");
            Require(
                record.Metadata.Offset < 0
                || copies.Exists(copy => copy.Partition == record.Metadata.Partition && copy.Offset == record.Metadata.Offset && IsTimeToTell(record.Metadata.Timestamp, copy)),
                "L23", $"on the log at {Places(copies)}, told with time {record.Metadata.Timestamp:O}: {record}");
        }

        if (record.Succeeded && _setup.Acks == RequiredAcks.None)
        {
            // Nobody knows more than that the bytes left.
            Require(record.Persistence is null or Persistence.PossiblyPersisted && record.Metadata.Offset == -1, "acks = 0", $"{record}");
            Require(copies.Count > 0 || _run.Scenario.Faults.Count > 0, "acks = 0", $"lost: {record}");
        }

        if (record.Persistence == Persistence.NotPersisted || record.Withdrawn || record.Disposed || record.Outcomes == 0)
        {
            Require(copies.Count == 0, "L24", $"on the log at {Places(copies)}: {record}");
        }
    }

    /// <summary>
    /// A duplicate does not tell the time of append, so after faults it may be the record's own. And no client can know that what it sent once
    /// was served twice.
    /// </summary>
    private bool IsTimeToTell(DateTimeOffset told, LogRecord copy) =>
        told == copy.Timestamp
        || (_setup.LogAppendTime && _run.Scenario.Faults.Count > 0)
        || _run.Scenario.Faults.Any(static fault => fault.Kind == FaultKind.ServeTwice);

    private static string Places(List<LogRecord> copies) => string.Join(", ", copies.Select(static copy => string.Create(CultureInfo.InvariantCulture, $"{copy.Partition}/{copy.Offset} ({copy.Timestamp:O})")));

    private void CheckTimes(Offered record)
    {
        // The outcomes of a sequence come with the last one's.
        if (record.DoneAt is not { } done || record.Step.Kind == StepKind.SendSequence)
        {
            return;
        }

        var most = LongestInLine(record);
        var accepted = record.AcceptedAt ?? record.OfferedAt + most;
        Require(done <= accepted + DeliveryTimeout + TimerRounding + _leaps, "L45", $"{record}");
        if (record.Error?.Code is ProduceErrorCode.BufferFull or ProduceErrorCode.MetadataTimeout && _leaps == TimeSpan.Zero)
        {
            // One await for many ends with the last of them.
            most += record.Step.IsOneOfMany ? DeliveryTimeout : TimeSpan.Zero;
            Require(done - record.OfferedAt >= MaxBlock && done - record.OfferedAt <= most, "L19", $"{record}");
        }
    }

    private TimeSpan MaxBlock => TimeSpan.FromMilliseconds(_setup.MaxBlockMs);

    private TimeSpan DeliveryTimeout => TimeSpan.FromMilliseconds(Math.Max(_setup.DeliveryTimeoutMs, _setup.RequestTimeoutMs + _setup.LingerMs));

    /// <summary>Who blocks nobody may stand in line for longer: MaxBlock begins again with each record that leaves the line before it (R73).</summary>
    private TimeSpan LongestInLine(Offered record) => record.Step.IsPush && record.Step.Kind != StepKind.Write ? MaxBlock : MaxBlock * _run.Records.Count;

    /// <summary>L17, L21: what one caller sent to one partition stands there in the order of its calls.</summary>
    private void CheckOrder()
    {
        // L42: without idempotence a retry may double a record, and overtakes nothing if only one request is in flight.
        var mayDouble = !_setup.Idempotent && _run.Scenario.Faults.Count > 0;
        if (mayDouble && (_setup.InFlight > 1 || ComesLate()))
        {
            return;
        }

        // What nobody vouches for may come late to another cluster, or behind another producer id: no numbers refuse it there.
        var newWriter = _run.Lives.Count > 1 || _run.Scenario.Faults.Any(static fault => fault.Code == StaleEpoch);
        foreach (var log in _run.Lives.Take(IsMadeAnew() ? 1 : int.MaxValue).SelectMany(static life => life.Logs))
        {
            var last = new Dictionary<int, int>();
            var seen = new HashSet<int>();
            foreach (var copy in log)
            {
                var record = _run.Records[ScenarioRecords.IdOf(copy.Value)];

                if (record.Step is { Partition: < 0, Key: < 0 } || (!seen.Add(record.Id) && mayDouble) || (!record.Succeeded && newWriter))
                {
                    continue;
                }

                var before = last.GetValueOrDefault(record.Step.Caller, -1);
                Require(before < record.Id, "L17", $"partition {copy.Partition} has {before} before {record}");
                last[record.Step.Caller] = record.Id;
            }
        }
    }

    /// <summary>Before the producer has been told of it, what the old topic's leader proved counts for the new one's, which takes any number first: only Produce 13, with topic ids, could tell them apart.</summary>
    // By ids the brokers tell the logs apart themselves.
    private bool IsMadeAnew() => _setup.ProduceVersion < 13 && _run.Scenario.Faults.Any(static fault => fault.Kind == FaultKind.Recreate);

    private bool ComesLate() => _run.Scenario.Faults.Any(static fault => fault.Kind == FaultKind.ServeAfterCut);

    private void CheckSinks()
    {
        // L25: per partition in the order of acceptance, so offsets rise (but where a retry without idempotence changed the order on the log).
        var rises = (_setup.Idempotent || (_setup.InFlight == 1 && !ComesLate()) || _run.Scenario.Faults.Count == 0) && _run.Lives.Count == 1;
        CheckSink(_run.Deliveries, static step => step.Kind == StepKind.OnNext, rises);
        foreach (var ((caller, way), told) in _run.SinkDeliveries)
        {
            CheckSink(told, step => step.Kind == way && step.Caller == caller, rises);
            if (way == StepKind.HaltingNext)
            {
                CheckHalt(told);
            }
        }

        var acknowledged = _run.Deliveries.Select(id => _run.Records[id]).Where(static record => record.Succeeded).Select(static record => record.Metadata);
        Require(acknowledged.SequenceEqual(_run.Acks), "L22", "Acks and Deliveries do not tell the same");
    }

    /// <summary>What one sink told.</summary>
    private void CheckSink(List<int> told, Func<Step, bool> isItsOwn, bool rises)
    {
        var last = new Dictionary<int, long>();
        var lastOfCaller = new Dictionary<(int Caller, int Partition), int>();
        foreach (var id in told)
        {
            var record = _run.Records[id];
            Require(isItsOwn(record.Step), "L22", $"on another sink: {record}");
            if (rises && record.Succeeded && record.Metadata.Offset >= 0)
            {
                Require(last.GetValueOrDefault(record.Metadata.Partition, -1) < record.Metadata.Offset, "L25", $"after offset {last.GetValueOrDefault(record.Metadata.Partition)}: {record}");
                last[record.Metadata.Partition] = record.Metadata.Offset;
            }

            if (record.Succeeded || record.Error?.Code is ProduceErrorCode.Broker or ProduceErrorCode.DeliveryTimeout)
            {
                var partition = record.Step is { Partition: < 0, Key: < 0 } ? -1 - id : ScenarioRecords.PartitionOf(record.Step, _setup.Partitions);
                var before = lastOfCaller.GetValueOrDefault((record.Step.Caller, partition), -1);
                Require(before < id, "L25", $"after record {before}: {record}");
                lastOfCaller[(record.Step.Caller, partition)] = id;
            }
        }
    }

    /// <summary>L28: what was offered to a partition after an earlier record's failure was told is omitted.</summary>
    private void CheckHalt(List<int> told)
    {
        var failedAt = new Dictionary<int, TimeSpan>();
        foreach (var record in told.Select(id => _run.Records[id]).OrderBy(static record => record.Id))
        {
            var partition = ScenarioRecords.PartitionOf(record.Step, _setup.Partitions);
            if (partition >= 0 && failedAt.TryGetValue(partition, out var at) && record.OfferedAt > at)
            {
                Require(!record.Succeeded, "L28", $"an earlier record of partition {partition} failed at {at.TotalMilliseconds}: {record}");
            }

            if (partition >= 0 && !record.Succeeded && record.DoneAt is { } done)
            {
                failedAt[partition] = failedAt.TryGetValue(partition, out var before) && before < done ? before : done;
            }
        }
    }

    private void CheckFlushes()
    {
        foreach (var flush in _run.Flushes)
        {
            // Whoever stands in line leaves it in time, and who was accepted is decided at the delivery timeout.
            var inLine = flush.Covers.Select(LongestInLine).Append(MaxBlock).Max();
            var most = inLine + DeliveryTimeout + TimerRounding + _leaps;
            Require(flush.EndedAt <= flush.StartedAt + most, "L38", $"{flush.Kind} at {flush.StartedAt} ended at {flush.EndedAt}");
            foreach (var record in flush.Covers.Where(record => !IsRefusedAfterDispose(record)))
            {
                // What leaps between the outcome and its observer's step is not the flush's.
                Require(record.DoneAt <= flush.EndedAt + _leaps, "L38", $"{flush.Kind} from {flush.StartedAt.TotalMilliseconds} to {flush.EndedAt?.TotalMilliseconds} does not cover {record}");
            }
        }
    }

    /// <summary>Who subscribed sees every record offered later, once, in the order of all.</summary>
    private void CheckWatches()
    {
        foreach (var watch in _run.Watches)
        {
            var seen = watch.Seen.ToHashSet();
            Require(seen.Count == watch.Seen.Count && _run.Deliveries.Where(seen.Contains).SequenceEqual(watch.Seen), "L29", $"an observer from record {watch.FirstRecord} on saw {string.Join(", ", watch.Seen)}");
            var missed = _run.Deliveries.Where(id => id >= watch.FirstRecord && !seen.Contains(id) && (watch.EndedAt is null || _run.Records[id].DoneAt < watch.EndedAt));
            Require(watch.Throws || !missed.Any(), "L32", $"an observer from record {watch.FirstRecord} on missed {string.Join(", ", missed)}");
        }
    }

    /// <summary>L43: sequence numbers per producer id, epoch and partition have no gaps. A topic made anew knows no producer and takes any number first.</summary>
    private void CheckNumbers()
    {
        foreach (var (batches, isFirstLife) in _run.Lives.SelectMany(static (life, n) => life.Batches.Select(batches => (batches, n == 0))))
        {
            var next = new Dictionary<(long, short), int>();
            foreach (var batch in batches)
            {
                Require(batch.ProducerId >= 0 == _setup.Idempotent, "L43", $"batch at {batch.BaseOffset} has producer id {batch.ProducerId}");
                if (batch.ProducerId < 0)
                {
                    continue;
                }

                var writer = (batch.ProducerId, batch.ProducerEpoch);
                var expected = next.GetValueOrDefault(writer, isFirstLife ? 0 : batch.BaseSequence);
                Require(expected == batch.BaseSequence, "L43", $"batch at {batch.BaseOffset} has sequence {batch.BaseSequence}, not {expected}");
                next[writer] = batch.BaseSequence + batch.RecordCount;
            }
        }
    }

    private void CheckEnd()
    {
        // Observers have a moment of their own where the brokers took all the time.
        var mostToClose = TimeSpan.FromMilliseconds(_setup.CloseTimeoutMs + 100);
        Require(_run.DisposeTook <= mostToClose + _leaps, "L39", $"dispose took {_run.DisposeTook.TotalMilliseconds} ms");
        // The far end of one that swallows bytes never learns of its end.
        Require(_run.OpenConnections == 0 || _run.Scenario.Faults.Any(static fault => fault.Kind is FaultKind.Swallow or FaultKind.SwallowRequests or FaultKind.SwallowAnswers), "L39", $"{_run.OpenConnections} connections are open after dispose");
        Require(_run.FirstMalformed is null, "L43", $"the brokers could not read a request: {_run.FirstMalformed}");
        var left = _run.Left;
        Require(left.BufferUsed == 0, "L13", $"{left.BufferUsed} bytes are held after dispose");
        Require(
            left is { WaitingRecords: 0, OpenBatches: 0, UndecidedBatches: 0 } && left.OldestRecordAge == TimeSpan.Zero,
            "L13", $"after dispose the status has {left.WaitingRecords} waiting records and {left.UndecidedBatches} batches");
        Require(_run.CompletionAt is not null, "L36", "Completion never came");
        Require(_run.ArmedTimers == 0, "L39", $"{_run.ArmedTimers} timers are armed after dispose");
    }
}
