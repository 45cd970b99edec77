namespace Rx.Kafka.Testing.Brokers;

/// <summary>A topic and its partitions.</summary>
internal sealed class TopicLog
{
    private readonly Func<int, int[]> _replicas;

    public TopicLog(string name, Guid id, TopicOptions options, Func<int, int[]> replicas)
    {
        Name = name;
        Id = id;
        Options = options;
        MaxMessageBytes = options.MaxMessageBytes;
        _replicas = replicas;
        Add(options.Partitions);
    }

    public string Name { get; }

    public Guid Id { get; }

    public TopicOptions Options { get; }

    /// <summary>Null = the brokers' limit.</summary>
    public int? MaxMessageBytes { get; set; }

    public IReadOnlyList<PartitionLog> Partitions { get; private set; } = [];

    /// <summary>Adds partitions. Whoever reads the list meanwhile sees it without them, or with all.</summary>
    public void Add(int partitions) => Partitions =
        [.. Partitions, .. Enumerable.Range(Partitions.Count, partitions).Select(p => new PartitionLog(this, p, _replicas(p)))];

    public PartitionLog? Partition(int index) => index >= 0 && index < Partitions.Count ? Partitions[index] : null;

    /// <summary>Whether a topic may have this name: 1 to 249 of [a-zA-Z0-9._-], neither "." nor "..".</summary>
    public static bool IsValid(string name) =>
        name.Length is >= 1 and <= 249 && name is not ("." or "..") && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
