using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rx.Kafka.Properties.Architecture;

public sealed partial class LayeringTests
{
    private static readonly string Producer = typeof(KafkaProducer).Assembly.Location;

    [Fact]
    public void No_type_uses_what_its_layer_may_not()
    {
        var faults = AssemblyUses.Of(Producer)
            .Where(use => use.User.StartsWith("Rx.Kafka.", StringComparison.Ordinal))
            .Select(use => Layers.Fault(use.User, use.Used))
            .OfType<string>()
            .ToList();
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public void No_file_names_a_namespace_its_layer_may_not()
    {
        var folder = Repository.PathOf("src", "Rx.Kafka.Producer");
        var faults = new List<string>();
        foreach (var file in Repository.SourceFiles("src", "Rx.Kafka.Producer"))
        {
            var parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);

            // ProducerCore.PurgeAndClose.cs is a part of ProducerCore.
            var user = "Rx.Kafka." + string.Join('.', parts[..^1].Append(parts[^1].Split('.')[0]));

            // Constants and nameof leave no trace in the compiled code, but a using directive does.
            faults.AddRange(Using().Matches(File.ReadAllText(file))
                .Where(match => match.Groups["static"].Success
                    ? Layers.Fault(user, match.Groups["space"].Value) is not null
                    : !MayUseSomethingOf(user, match.Groups["space"].Value))
                .Select(match => $"{user}: {match.Value.Trim()}"));
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public void Each_folder_has_a_row_and_each_root_type_is_a_value_or_an_entry_point()
    {
        var types = typeof(KafkaProducer).Assembly.GetTypes()
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("Rx.Kafka", StringComparison.Ordinal) == true)
            .ToList();
        Assert.All(types.Where(type => type.Namespace != "Rx.Kafka"), type => Assert.Contains(Layers.FolderOf(type.FullName!), Layers.MayUse));
        Assert.All(
            types.Where(type => type.Namespace == "Rx.Kafka" && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)),
            type => Assert.True(Layers.Values.Contains(type.Name) || Layers.EntryPoints.Contains(type.Name), $"{type.Name} is neither in Layers.Values nor in Layers.EntryPoints"));
    }

    [Fact]
    public void What_is_not_root_is_internal() =>
        Assert.All(typeof(KafkaProducer).Assembly.GetExportedTypes().Where(type => !type.IsNested), type => Assert.Equal("Rx.Kafka", type.Namespace));

    [Fact]
    public void The_producer_has_two_friends_and_does_not_know_its_test_package()
    {
        var assembly = typeof(KafkaProducer).Assembly;
        var friends = assembly.GetCustomAttributes(typeof(InternalsVisibleToAttribute), inherit: false).Cast<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName);
        Assert.Equal(["Rx.Kafka.Benchmarks", "Rx.Kafka.Properties"], friends.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("Rx.Kafka.Testing", assembly.GetReferencedAssemblies().Select(reference => reference.Name));
    }

    [Theory]
    [InlineData("Rx.Kafka.Batching.ProducerBatch", "Rx.Kafka.Protocol.Records.RecordEncoder", true)]
    [InlineData("Rx.Kafka.Batching.ProducerBatch", "Rx.Kafka.Protocol.FrameDecoder", false)]
    [InlineData("Rx.Kafka.Batching.ProducerBatch", "Rx.Kafka.Lanes.PartitionLane", false)]
    [InlineData("Rx.Kafka.Batching.ProducerBatch", "Rx.Kafka.Record", true)]
    [InlineData("Rx.Kafka.Batching.ProducerBatch", "Rx.Kafka.KafkaProducer", false)]
    [InlineData("Rx.Kafka.KafkaProducer", "Rx.Kafka.Lanes.PartitionLane", true)]
    [InlineData("Rx.Kafka.Partitioning.StickyPartitioner", "Rx.Kafka.Metadata.TopicMetadata", true)]
    [InlineData("Rx.Kafka.Partitioning.StickyPartitioner", "Rx.Kafka.Metadata.ClusterMetadata", false)]
    [InlineData("Rx.Kafka.Protocol.FrameDecoder", "System.Threading.Tasks.Task", false)]
    [InlineData("Rx.Kafka.Protocol.FrameDecoder", "System.Buffers.SequenceReader`1", true)]
    [InlineData("Rx.Kafka.Sending.BrokerSender", "System.Reactive.Subjects.Subject`1", false)]
    [InlineData("Rx.Kafka.Unheard.Of", "Rx.Kafka.Protocol.FrameDecoder", false)]
    [InlineData("Rx.Kafka.Record", "Rx.Kafka.Protocol.FrameDecoder", false)]
    public void The_table_decides(string user, string used, bool allowed) => Assert.Equal(allowed, Layers.Fault(user, used) is null);

    [Fact]
    public void Uses_are_found_wherever_they_stand()
    {
        var used = AssemblyUses.Of(typeof(LayeringTests).Assembly.Location)
            .Where(use => use.User == typeof(UsesSample).FullName)
            .Select(use => use.Used)
            .ToHashSet(StringComparer.Ordinal);
        Type[] expected =
        [
            typeof(Comparer<>), typeof(ICloneable), typeof(Version), typeof(Uri), typeof(Guid), typeof(List<>), typeof(BitConverter), typeof(FormatException), typeof(Half),
            typeof(Lazy<>), typeof(RecordHeader), typeof(DivideByZeroException),
        ];
        Assert.All(expected, type => Assert.Contains(type.FullName!, used));
    }

    private static bool MayUseSomethingOf(string user, string space) =>
        Layers.Fault(user, space + ".Anything") is null
        || Layers.MayUse.GetValueOrDefault(Layers.FolderOf(user), []).Any(entry => ("Rx.Kafka." + entry).StartsWith(space + ".", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s*(global\s+)?using\s+(?<static>static\s+)?(\w+\s*=\s*)?(?<space>Rx\.Kafka\.[\w.]+)\s*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Using();
}
