using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// Spans of what is sent, by OpenTelemetry's messaging conventions (1.44.0). The context of the caller's span goes into the headers of its
/// record, and each batch becomes a span that links to its records' callers, or is the child of the one caller of all. By choice each
/// record is a span instead, from its offer to its outcome. Offers are on callers' threads. Owners of batches post; listeners hear of
/// batches on the scheduler. What nobody takes in time is dropped. With nobody listening an offer is one look.
/// </summary>
internal sealed class SendTracing
{
    public const string SourceName = "Rx.Kafka.Producer";

    /// <summary>A batch of many callers links to so many of them.</summary>
    public const int MostLinks = 128;

    private const string ParentHeader = "traceparent";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly string _clientId;
    private readonly bool _eachRecord;
    private readonly TimeProvider _time;
    private readonly ListenerGuard _guard;
    private readonly Channel<SentSpan> _sent = Channel.CreateBounded<SentSpan>(
        new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SerialWork _telling;

    public SendTracing(string clientId, bool eachRecord, TimeProvider time, TaskScheduler scheduler, ILogger logger)
    {
        (_clientId, _eachRecord, _time) = (clientId, eachRecord, time);
        _guard = new ListenerGuard(logger, time);
        _telling = new SerialWork(Tell, scheduler);
    }

    /// <summary>Whether anybody listens to spans.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>A record is offered: its headers get the context of its caller's span, or of a span of its own. Caller's thread.</summary>
    /// <returns>Null = no span is known.</returns>
    public RecordTrace? Begin(ref Record record)
    {
        var caller = Activity.Current;
        var own = _eachRecord ? BeginSpan(record) : null;
        Activity.Current = caller;
        if ((own ?? caller) is not { } span)
        {
            return null;
        }

        var context = span.Context;
        try
        {
            context = Inject(span, ref record);
        }
        catch (Exception e)
        {
            _guard.Threw(e);
        }

        return new RecordTrace(context, own, _guard);
    }

    /// <summary>A batch has its outcome. Its owner; queues only.</summary>
    public void Post(in SentSpan sent)
    {
        if (_sent.Writer.TryWrite(sent with { EndedAt = _time.GetUtcNow(), Took = _time.GetElapsedTime(sent.OpenedAt) }))
        {
            _telling.Queue();
        }
    }

    public static void Fail(Activity span, string error, string message)
    {
        span.SetTag(ProducerMetrics.ErrorTag, error);
        span.SetStatus(ActivityStatusCode.Error, message);
    }

    /// <summary>A listener that throws when it begins is still told of its end.</summary>
    private Activity? BeginSpan(in Record record)
    {
        Activity? span = null;
        try
        {
            span = Source.CreateActivity($"send {record.Topic}", ActivityKind.Producer);
            if (span is not null)
            {
                Describe(span, record.Topic);
                span.SetStartTime(_time.GetUtcNow().UtcDateTime).Start();
            }
        }
        catch (Exception e)
        {
            _guard.Threw(e);
        }

        return span;
    }

    /// <returns>The context that its headers name: one that the application wrote stays.</returns>
    private static ActivityContext Inject(Activity span, ref Record record)
    {
        if (record.Headers.Last(ParentHeader) is { } written)
        {
            var text = written.Value is { } value ? System.Text.Encoding.ASCII.GetString(value.Span) : null;
            return ActivityContext.TryParse(text, traceState: null, isRemote: false, out var context) ? context : span.Context;
        }

        var headers = new List<RecordHeader>(record.Headers);
        DistributedContextPropagator.Current.Inject(
            span, headers, static (carrier, name, value) => ((List<RecordHeader>)carrier!).Add(new RecordHeader(name, value)));
        record = record with { Headers = [.. headers] };
        return span.Context;
    }

    private void Tell()
    {
        while (_sent.Reader.TryRead(out var sent))
        {
            // The scheduler's thread may carry the span of whoever made the producer.
            Activity.Current = null;
            if (_eachRecord)
            {
                EndRecords(sent);
            }
            else
            {
                _guard.Run((Tracing: this, Sent: sent), static told => told.Tracing.TellBatch(told.Sent));
            }
        }
    }

    private void EndRecords(in SentSpan sent)
    {
        foreach (var trace in sent.Traces ?? [])
        {
            if (trace.Span is { } span)
            {
                span.SetEndTime(sent.EndedAt.UtcDateTime);
                Place(span, sent, sent.OffsetOf(trace.Index), sent.ErrorOf(trace.Index));
                _guard.Run(span, static ended => ended.Stop());
            }
        }
    }

    private void TellBatch(in SentSpan sent)
    {
        var traces = sent.Traces ?? [];
        var parent = traces.Count == 1 ? traces[0].Context : default;
        var links = traces.Count > 1 ? traces.Select(static trace => new ActivityLink(trace.Context)) : null;
        var began = sent.EndedAt - sent.Took;
        if (Source.CreateActivity($"send {sent.Topic}", ActivityKind.Client, parent, tags: null, links) is not { } span)
        {
            return;
        }

        Describe(span, sent.Topic);
        span.SetTag("messaging.batch.message_count", sent.Records);
        span.SetStartTime(began.UtcDateTime).Start();
        span.SetEndTime(sent.EndedAt.UtcDateTime);

        // After a split some of its records may have failed: the first of them makes it a failure.
        var error = Enumerable.Range(0, sent.Records).Select(sent.ErrorOf).FirstOrDefault(static error => error is not null);
        Place(span, sent, sent.OffsetOf(0), error);
        span.Stop();
    }

    private void Describe(Activity span, string topic)
    {
        span.SetTag(TrafficMetrics.SystemTag, TrafficMetrics.Kafka);
        span.SetTag(TrafficMetrics.OperationTag, TrafficMetrics.Send);
        span.SetTag(TrafficMetrics.OperationTypeTag, TrafficMetrics.Send);
        span.SetTag(ProducerMetrics.ClientIdTag, _clientId);
        span.SetTag(TrafficMetrics.TopicTag, topic);
    }

    private static void Place(Activity span, in SentSpan sent, long offset, ProduceError? error)
    {
        span.SetTag("messaging.destination.partition.id", sent.Partition.ToString(CultureInfo.InvariantCulture));
        if (error is not null)
        {
            Fail(span, error.Name, error.Message);
        }
        else if (offset >= 0)
        {
            span.SetTag("messaging.kafka.offset", offset);
        }
    }
}

/// <summary>What is told of a batch that has its outcome.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Records">How many it has.</param>
/// <param name="OpenedAt">Monotonic time of its first record.</param>
/// <param name="Traces">What its records carry; null = nothing.</param>
internal readonly record struct SentSpan(string Topic, int Partition, int Records, long OpenedAt, List<RecordTrace>? Traces)
{
    /// <summary>The offset of a record, −1 = not known.</summary>
    public required Func<int, long> OffsetOf { get; init; }

    public required Func<int, ProduceError?> ErrorOf { get; init; }

    public DateTimeOffset EndedAt { get; init; }

    public TimeSpan Took { get; init; }
}
