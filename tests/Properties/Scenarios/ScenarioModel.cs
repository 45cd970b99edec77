using System.Globalization;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What must hold of every run, whatever happened in it: the logs against the outcomes.</summary>
internal sealed class ScenarioModel
{
    // Deadlines are rounded up to whole milliseconds.
    private static readonly TimeSpan TimerRounding = TimeSpan.FromMilliseconds(1);

    private readonly ScenarioRun _run;
    private readonly Setup _setup;
    private readonly List<string> _faults = [];
    private readonly Dictionary<int, List<LogRecord>> _logged = [];

    private ScenarioModel(ScenarioRun run)
    {
        _run = run;
        _setup = run.Scenario.Setup;
        foreach (var record in run.Logs.SelectMany(static log => log))
        {
            var id = ScenarioRecords.IdOf(record.Value);
            if (!_logged.TryGetValue(id, out var list))
            {
                _logged.Add(id, list = []);
            }

            list.Add(record);
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
        model.CheckFaces();
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

    private void CheckOutcome(Offered record) => Require(record.Outcomes == 1, "L22", $"{record}");

    private void CheckLog(Offered record)
    {
        var copies = _logged.GetValueOrDefault(record.Id) ?? [];
        var original = ScenarioRecords.Make(record.Id, record.Step);
        foreach (var copy in copies)
        {
            Require(ScenarioRecords.SameBytes(original, copy, hasItsTime: !_setup.LogAppendTime), "L23", $"other bytes on the log ({copy.KeyText}, {copy.Value?.Length} B, {string.Join(",", copy.Headers)}, {copy.Timestamp:O}) than sent ({original}, {string.Join(",", original.Headers)}, {original.Timestamp:O}): {record}");
            var partition = ScenarioRecords.PartitionOf(record.Step, _setup.Partitions);
            Require(partition < 0 || partition == copy.Partition, "L1, L2", $"on partition {copy.Partition}, not {partition}: {record}");
        }

        if (_setup.Idempotent)
        {
            Require(copies.Count <= 1, "L41 twice", $"on the log at {Places(copies)}: {record}");
        }

        if (record.Succeeded && record.Persistence is null or Persistence.Persisted && _setup.Acks != RequiredAcks.None)
        {
            Require(copies.Count > 0, "L41 lost", $"{record}");
            Require(
                record.Metadata.Offset < 0
                || copies.Exists(copy => copy.Partition == record.Metadata.Partition && copy.Offset == record.Metadata.Offset && (_setup.LogAppendTime || copy.Timestamp == record.Metadata.Timestamp)),
                "L23", $"on the log at {Places(copies)}, told with time {record.Metadata.Timestamp:O}: {record}");
        }

        if (record.Succeeded && _setup.Acks == RequiredAcks.None)
        {
            // Nobody knows more than that the bytes left.
            Require(record.Persistence is null or Persistence.PossiblyPersisted && record.Metadata.Offset == -1, "acks = 0", $"{record}");
            Require(copies.Count > 0 || _run.Scenario.Faults.Count > 0, "acks = 0", $"lost: {record}");
        }

        if (record.Persistence == Persistence.NotPersisted || record.Withdrawn || record.Disposed)
        {
            Require(copies.Count == 0, "L24", $"on the log at {Places(copies)}: {record}");
        }
    }

    private static string Places(List<LogRecord> copies) => string.Join(", ", copies.Select(static copy => string.Create(CultureInfo.InvariantCulture, $"{copy.Partition}/{copy.Offset} ({copy.Timestamp:O})")));

    private void CheckTimes(Offered record)
    {
        if (record.DoneAt is not { } done)
        {
            return;
        }

        var accepted = record.AcceptedAt ?? record.OfferedAt + TimeSpan.FromMilliseconds(_setup.MaxBlockMs);
        var timeout = TimeSpan.FromMilliseconds(Math.Max(_setup.DeliveryTimeoutMs, _setup.RequestTimeoutMs + _setup.LingerMs));
        Require(done <= accepted + timeout + TimerRounding, "L45", $"{record}");
        if (record.Error?.Code is ProduceErrorCode.BufferFull or ProduceErrorCode.MetadataTimeout)
        {
            Require(done - record.OfferedAt == TimeSpan.FromMilliseconds(_setup.MaxBlockMs), "L19", $"{record}");
        }
    }

    /// <summary>L17, L21: what one caller sent to one partition stands there in the order of its calls.</summary>
    private void CheckOrder()
    {
        // L42: without idempotence a retry may double a record, and overtakes nothing if only one request is in flight.
        var mayDouble = !_setup.Idempotent && _run.Scenario.Faults.Count > 0;
        if (mayDouble && _setup.InFlight > 1)
        {
            return;
        }

        foreach (var log in _run.Logs)
        {
            var last = new Dictionary<int, int>();
            var seen = new HashSet<int>();
            foreach (var copy in log)
            {
                var record = _run.Records[ScenarioRecords.IdOf(copy.Value)];
                if (record.Step is { Partition: < 0, Key: < 0 } || (!seen.Add(record.Id) && mayDouble))
                {
                    continue;
                }

                var before = last.GetValueOrDefault(record.Step.Caller, -1);
                Require(before < record.Id, "L17", $"partition {copy.Partition} has {before} before {record}");
                last[record.Step.Caller] = record.Id;
            }
        }
    }

    private void CheckFaces()
    {
        // L25: per partition in the order of acceptance, so offsets rise (but where a retry without idempotence changed the order on the log).
        var rises = _setup.Idempotent || _setup.InFlight == 1 || _run.Scenario.Faults.Count == 0;
        var last = new Dictionary<int, long>();
        var lastOfCaller = new Dictionary<(int Caller, int Partition), int>();
        foreach (var id in _run.Deliveries)
        {
            var record = _run.Records[id];
            Require(record.Step.Kind == StepKind.OnNext, "L22", $"on another face: {record}");
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

        var acknowledged = _run.Deliveries.Select(id => _run.Records[id]).Where(static record => record.Succeeded).Select(static record => record.Metadata);
        Require(acknowledged.SequenceEqual(_run.Acks), "L22", "Acks and Deliveries do not tell the same");
    }

    private void CheckFlushes()
    {
        foreach (var flush in _run.Flushes)
        {
            Require(flush.EndedAt is not null, "L38", $"{flush.Kind} at {flush.StartedAt} never ended");
            foreach (var record in flush.Covers)
            {
                Require(record.DoneAt <= flush.EndedAt, "L38", $"{flush.Kind} from {flush.StartedAt.TotalMilliseconds} to {flush.EndedAt?.TotalMilliseconds} does not cover {record}");
            }
        }
    }

    /// <summary>L43: sequence numbers per producer id, epoch and partition have no gaps.</summary>
    private void CheckNumbers()
    {
        foreach (var batches in _run.Batches)
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
                Require(next.GetValueOrDefault(writer, 0) == batch.BaseSequence, "L43", $"batch at {batch.BaseOffset} has sequence {batch.BaseSequence}, not {next.GetValueOrDefault(writer, 0)}");
                next[writer] = batch.BaseSequence + batch.RecordCount;
            }
        }
    }

    private void CheckEnd()
    {
        Require(_run.DisposeTook <= TimeSpan.FromMilliseconds(_setup.CloseTimeoutMs), "L39", $"dispose took {_run.DisposeTook.TotalMilliseconds} ms");
        // The far end of one that swallows bytes never learns of its end.
        Require(_run.OpenConnections == 0 || _run.Scenario.Faults.Any(static fault => fault.Kind == FaultKind.Swallow), "L39", $"{_run.OpenConnections} connections are open after dispose");
        Require(_run.MemoryLeft == 0, "L13", $"{_run.MemoryLeft} bytes are held after dispose");
        Require(_run.CompletionAt is not null, "L36", "Completion never came");
        Require(_run.ArmedTimers == 0, "L39", $"{_run.ArmedTimers} timers are armed after dispose");
    }
}
