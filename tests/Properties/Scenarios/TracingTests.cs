using System.Diagnostics;
using System.Text;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What listeners to spans hear, and what the headers of records carry (design 4.12). Listeners hear the whole process.</summary>
[Collection(Alone.Name)]
public class TracingTests
{
    [Fact]
    public void A_batch_of_one_caller_is_a_child_of_its_span_and_the_header_names_the_caller()
    {
        using var heard = new Spans();
        var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        ProducerWorld.Run(async world =>
        {
            world.Kafka.CreateTopic("t");
            caller.Start();
            var metadata = await world.Succeed("v");
            caller.Stop();
            await world.Delay(10);
            var span = Assert.Single(heard.Of(caller));
            Assert.Equal(("send t", ActivityKind.Client), (span.DisplayName, span.Kind));
            Assert.Equal(caller.SpanId, span.ParentSpanId);
            Assert.Equal(
                ["messaging.batch.message_count=1", "messaging.client.id=rx", "messaging.destination.name=t", "messaging.destination.partition.id=0", $"messaging.kafka.offset={metadata.Offset}", "messaging.operation.name=send", "messaging.operation.type=send", "messaging.system=kafka"],
                Spans.Tags(span));
            Assert.Equal(caller.Id, Header(Assert.Single(world.Kafka.ReadLog("t", 0)), "traceparent"));
        }, configure: static options => options.ClientId = "rx");
    }

    [Fact]
    public void A_batch_of_many_callers_links_to_each()
    {
        using var heard = new Spans();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                var callers = Enumerable.Range(0, 3).Select(static i => new Activity($"request {i}").SetIdFormat(ActivityIdFormat.W3C)).ToArray();
                var sent = Array.ConvertAll(callers, caller =>
                {
                    caller.Start();
                    var sending = world.SendEach(0, "a", "b");
                    caller.Stop();
                    return Task.WhenAll(sending);
                });
                await Task.WhenAll(sent);
                await world.Delay(10);
                var span = Assert.Single(heard.All(), span => span.Links.Any(link => link.Context == callers[0].Context));
                Assert.Equal(Array.ConvertAll(callers, static caller => caller.Context), span.Links.Select(static link => link.Context));
                Assert.Equal(default, span.ParentSpanId);
            },
            Setup.Default with { LingerMs = 5 });
    }

    [Fact]
    public void A_failed_batch_says_why()
    {
        using var heard = new Spans();
        var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        ProducerWorld.Run(async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(29);
            caller.Start();
            var (error, _, _) = await world.SendEach(0, "v")[0];
            caller.Stop();
            Assert.NotNull(error);
            await world.Delay(10);
            var span = Assert.Single(heard.Of(caller));
            Assert.Equal(ActivityStatusCode.Error, span.Status);
            Assert.Contains("error.type=TOPIC_AUTHORIZATION_FAILED", Spans.Tags(span));
        });
    }

    [Fact]
    public void A_batch_of_which_a_later_part_failed_says_why()
    {
        using var heard = new Spans();
        var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Times(1);
                world.Kafka.Faults.On(ApiKey.Produce).Skip(2).Fail(29);
                caller.Start();
                var outcomes = await Task.WhenAll(world.SendEach(0, "a", "b"));
                caller.Stop();
                Assert.Equal([null, (short)29], outcomes.Select(static outcome => outcome.Error?.BrokerErrorCode));
                await world.Delay(10);
                var span = Assert.Single(heard.Of(caller));
                Assert.Equal(ActivityStatusCode.Error, span.Status);
                Assert.Contains("error.type=TOPIC_AUTHORIZATION_FAILED", Spans.Tags(span));
            },
            Setup.Default with { LingerMs = 5 });
    }

    [Fact]
    public void By_choice_each_record_is_a_span_and_its_header_names_it()
    {
        using var heard = new Spans();
        var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                caller.Start();
                await Task.WhenAll(world.SendEach(0, "a", "b", "c"));
                Assert.Same(caller, Activity.Current);
                caller.Stop();
                await world.Delay(10);
                var spans = heard.Of(caller);
                Assert.Equal(3, spans.Count);
                Assert.All(spans, static span => Assert.Equal(ActivityKind.Producer, span.Kind));
                Assert.All(spans, span => Assert.Equal(caller.SpanId, span.ParentSpanId));
                Assert.Equal(
                    world.Kafka.ReadLog("t", 0).Select(static record => (Header(record, "traceparent"), record.Offset)),
                    spans.Select(static span => (span.Id, (long)span.GetTagItem("messaging.kafka.offset")!)).OrderBy(static one => one.Item2));
            },
            Setup.Default with { LingerMs = 5 },
            configure: static options => options.TraceEachRecord = true);
    }

    [Fact]
    public void A_record_that_is_refused_ends_its_span_with_the_error()
    {
        using var heard = new Spans();
        var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                caller.Start();
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("t", new byte[2_000_000])));
                caller.Stop();
                Assert.Contains("error.type=RecordTooLarge", Spans.Tags(Assert.Single(heard.Of(caller))));
            },
            configure: static options => options.TraceEachRecord = true);
    }

    [Fact]
    public void A_context_that_the_application_wrote_stays()
    {
        using var heard = new Spans();
        const string Written = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        ProducerWorld.Run(async world =>
        {
            world.Kafka.CreateTopic("t");
            using var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
            await world.Producer.SendAsync(new Record("t", "v") { Headers = [new("traceparent", Written)] });
            await world.Delay(10);
            Assert.Equal(Written, Header(Assert.Single(world.Kafka.ReadLog("t", 0)), "traceparent"));
            Assert.Single(heard.All(), static span => span.TraceId.ToString() == "0af7651916cd43dd8448eb211c80319c");
        });
    }

    [Fact]
    public void Nobody_listens_and_records_go_as_they_are()
    {
        ProducerWorld.Run(async world =>
        {
            world.Kafka.CreateTopic("t");
            using var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
            await world.Succeed("v");
            Assert.Empty(Assert.Single(world.Kafka.ReadLog("t", 0)).Headers);
        });
    }

    /// <summary>
    /// Whatever becomes of records, each span that begins ends, and says it: of its record, or of its batch where all records of its callers
    /// met the same fate. A caller's record that was refused is in no batch.
    /// </summary>
    [Fact]
    [Law("L60")]
    public void Spans_end_and_agree_with_the_outcomes_of_their_records()
    {
        var propagator = DistributedContextPropagator.Current;
        try
        {
            // The model compares headers with what was offered.
            DistributedContextPropagator.Current = DistributedContextPropagator.CreateNoOutputPropagator();
            var profile = new ScenarioProfile { Traced = true, Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true, Cancels = true, Purges = true, Disposes = true, SizeLimits = true };
            ScenarioLaw.Check("L60", profile with { SmallMemory = true }, 1000, SpansAgree);
            ScenarioLaw.Check("L60", profile with { Sinks = true, ManyBatches = true }, 1000, SpansAgree);
        }
        finally
        {
            DistributedContextPropagator.Current = propagator;
        }
    }

    private static void SpansAgree(ScenarioRun run)
    {
        Assert.Equal(run.SpansStarted.ToHashSet(), run.SpansStopped.ToHashSet());
        Assert.Equal(run.SpansStarted.Count, run.SpansStopped.Count);
        var records = run.Records.GroupBy(static record => record.Caller).ToDictionary(static call => call.Key, static call => call.ToList());
        if (run.Scenario.Setup.TracesRecords == true)
        {
            var spans = run.SpansStopped.ToLookup(static span => span.ParentSpanId);
            Assert.All(records, call => RecordSpansAgree(call.Value, [.. spans[call.Key]]));
            return;
        }

        var told = run.SpansStopped.ToDictionary(static span => span, CallersOf);
        Assert.All(told, batch => BatchSpanAgrees(batch.Key, [.. batch.Value.SelectMany(caller => records[caller])]));
        var inBatches = told.Values.SelectMany(static callers => callers).ToHashSet();
        Assert.All(run.Records, record => Assert.True(!record.Succeeded || inBatches.Contains(record.Caller), record.ToString()));
    }

    private static void RecordSpansAgree(List<Offered> records, List<Activity> spans)
    {
        // A call after dispose offers nothing, and who gave up its await hears of no outcome.
        if (records.TrueForAll(static record => record.Outcomes == 1 && !record.Cancelled && !record.Disposed))
        {
            Assert.Equal(records.Count(static record => record.Succeeded), spans.Count(static span => span.Status != ActivityStatusCode.Error));
            if (!records.Exists(static record => record.Error is { Code: ProduceErrorCode.BufferFull or ProduceErrorCode.Omitted or ProduceErrorCode.Closed }))
            {
                // These may be refused by the sink, before there is a span.
                Assert.Equal(records.Count(static record => !record.Succeeded), spans.Count(static span => span.Status == ActivityStatusCode.Error));
            }

            Assert.Equal(
                records.Where(static record => record.Succeeded && record.Metadata.Offset >= 0).Select(static record => record.Metadata.Offset).Order(),
                spans.Select(static span => (long?)span.GetTagItem("messaging.kafka.offset")).OfType<long>().Order());
        }

        Assert.True(spans.Count <= records.Count, $"{spans.Count} spans of {records.Count} records");
    }

    private static void BatchSpanAgrees(Activity span, List<Offered> records)
    {
        if (records.TrueForAll(static record => record.Succeeded) || records.TrueForAll(static record => record.Error is not null))
        {
            Assert.True(span.Status == ActivityStatusCode.Error != records[0].Succeeded, $"{span.Status} {span.StatusDescription}; {string.Join("; ", records)}");
        }
    }

    private static HashSet<ActivitySpanId> CallersOf(Activity span) =>
        span.ParentSpanId == default ? [.. span.Links.Select(static link => link.Context.SpanId)] : [span.ParentSpanId];

    private static string? Header(LogRecord record, string name) =>
        record.Headers.Last(name) is { Value: { } value } ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>The spans of all producers of the process: a test looks for those of its own callers.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly List<Activity> _ended = [];
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == SendTracing.SourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    lock (_ended)
                    {
                        _ended.Add(span);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public static IEnumerable<string> Tags(Activity span) => span.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);

        public List<Activity> All()
        {
            lock (_ended)
            {
                return [.. _ended];
            }
        }

        public List<Activity> Of(Activity caller) => All().FindAll(span => span.TraceId == caller.TraceId);

        public void Dispose() => _listener.Dispose();
    }
}
