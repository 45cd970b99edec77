namespace Rx.Kafka.Testing;

/// <summary>Which versions of an API a broker advertises.</summary>
/// <param name="Minimum">The lowest.</param>
/// <param name="Maximum">The highest.</param>
public readonly record struct ApiRange(short Minimum, short Maximum)
{
    /// <summary>Whether a version lies in the range.</summary>
    /// <param name="version">The version.</param>
    /// <returns>True when it does.</returns>
    public bool Contains(short version) => version >= Minimum && version <= Maximum;
}
