using System.Diagnostics;
using System.Text.Json;

namespace Rx.Kafka.Benchmarks;

/// <summary>The one line of JSON that a run ends with. Its names are those of the other clients' programs.</summary>
internal static class Report
{
    public static void Write(Stream output, BenchOptions options, Outcomes outcomes, Meters used, double seconds, double offered)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WriteOptions(json, options);
            WriteThroughput(json, options, used, seconds, offered);
            WriteMemory(json, options, used);
            WriteLatency(json, outcomes);
            json.WriteNumber("failed", outcomes.Failed);
            json.WriteString("err", outcomes.FirstError ?? "");
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        output.Flush();
    }

    private static void WriteOptions(Utf8JsonWriter json, BenchOptions options)
    {
        json.WriteString("client", $"rx-kafka-{typeof(KafkaProducer).Assembly.GetName().Version?.ToString(3)}");
        json.WriteString("mode", options.Mode);
        json.WriteString("acks", options.Acks);
        json.WriteString("comp", options.Codec);
        json.WriteString("payload", options.Payload);
        json.WriteString("key", options.Key);
        json.WriteString("part", options.Part);
        json.WriteNumber("size", options.Size);
        json.WriteNumber("batch", options.Batch);
        json.WriteNumber("linger", options.Linger);
        json.WriteNumber("outstanding", options.Outstanding);
        json.WriteNumber("rate", options.Rate);
        json.WriteNumber("n", options.Count);
    }

    private static void WriteThroughput(Utf8JsonWriter json, BenchOptions options, Meters used, double seconds, double offered)
    {
        Number(json, "secs", seconds, 3);
        Number(json, "rec_s", options.Count / seconds, 0);
        Number(json, "mb_s", (double)options.Count * options.Size / 1e6 / seconds, 2);
        Number(json, "send_s", offered, 3);
        Number(json, "cpu_s", used.Cpu, 3);
        Number(json, "cpu_user", used.User, 3);
        Number(json, "cpu_sys", used.System, 3);
        Number(json, "cpu_s_per_M", used.Cpu * 1e6 / options.Count, 3);
    }

    private static void WriteMemory(Utf8JsonWriter json, BenchOptions options, Meters used)
    {
        Number(json, "alloc_b_per_rec", (double)used.Allocated / options.Count, 2);
        json.WriteNumber("gc0", used.Gen0);
        json.WriteNumber("gc1", used.Gen1);
        json.WriteNumber("gc2", used.Gen2);
        Number(json, "gc_pause_ms", used.Pause.TotalMilliseconds, 1);
        Number(json, "rss_peak_mb", Meters.PeakMiB, 1);
    }

    private static void WriteLatency(Utf8JsonWriter json, Outcomes outcomes)
    {
        var latencies = outcomes.StopLatency();
        Number(json, "p50_us", Quantile(latencies, 0.5), 0);
        Number(json, "p95_us", Quantile(latencies, 0.95), 0);
        Number(json, "p99_us", Quantile(latencies, 0.99), 0);
        Number(json, "p999_us", Quantile(latencies, 0.999), 0);
        Number(json, "max_us", Quantile(latencies, 1), 0);
    }

    private static double Quantile(long[] ascending, double quantile) => ascending.Length == 0
        ? 0
        : ascending[Math.Min(ascending.Length - 1, (int)(quantile * ascending.Length))] * 1e6 / Stopwatch.Frequency;

    private static void Number(Utf8JsonWriter json, string name, double value, int digits) => json.WriteNumber(name, Math.Round((decimal)value, digits));
}
