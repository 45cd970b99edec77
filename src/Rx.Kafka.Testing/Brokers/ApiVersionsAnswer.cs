using System.Text.RegularExpressions;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>ApiVersions 0-4, and the answer to a version above: error 35 in the layout of version 0.</summary>
internal static partial class ApiVersionsAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var options = context.Cluster.Options;
        if (!options.Knows(ApiKey.ApiVersions, version))
        {
            WriteUnsupported(context.Writer, options);
            return;
        }

        var flexible = Apis.IsFlexible(ApiKey.ApiVersions, version);
        var error = context.Plan.Error;
        if (flexible)
        {
            var name = reader.String(flexible);
            var software = reader.String(flexible);
            reader.Tags(flexible);
            if (!Acceptable().IsMatch(name) || !Acceptable().IsMatch(software))
            {
                error = ErrorCode.InvalidRequest;
            }
        }

        reader.End();
        var writer = context.Writer;
        writer.Int16(error);
        var apis = options.Advertised;
        writer.Count(apis.Count, flexible);
        foreach (var (key, range) in apis)
        {
            writer.Int16((short)key);
            writer.Int16(range.Minimum);
            writer.Int16(range.Maximum);
            writer.NoTags(flexible);
        }

        if (version >= 1)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.NoTags(flexible);
    }

    private static void WriteUnsupported(WireWriter writer, EmbeddedKafkaOptions options)
    {
        writer.Int16(ErrorCode.UnsupportedVersion);
        if (options.ApiVersionsFallback == ApiVersionsFallback.ListsNothing)
        {
            writer.Count(0, flexible: false);
            return;
        }

        var malformed = options.ApiVersionsFallback == ApiVersionsFallback.Malformed;
        if (malformed)
        {
            writer.Int8(1);
        }
        else
        {
            writer.Count(1, flexible: false);
        }

        var range = options.Apis.TryGetValue(ApiKey.ApiVersions, out var known) ? known : new ApiRange(0, 0);
        writer.Int16((short)ApiKey.ApiVersions);
        writer.Int16(range.Minimum);
        writer.Int16(range.Maximum);
        if (malformed)
        {
            writer.Int32(0);
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Acceptable();
}
