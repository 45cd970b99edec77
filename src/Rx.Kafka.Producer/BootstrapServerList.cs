using System.Collections.ObjectModel;

namespace Rx.Kafka;

/// <summary>The user's own list, compared by its content, so that options are values.</summary>
internal sealed class BootstrapServerList(IList<string> servers) : Collection<string>(servers), IEquatable<BootstrapServerList>
{
    public bool Equals(BootstrapServerList? other) => other is not null && this.SequenceEqual(other, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as BootstrapServerList);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var server in this)
        {
            hash.Add(server, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}
