namespace Rx.Kafka.Faces;

/// <summary>An observer that can have no room: the dispatcher asks before it tells, instead of blocking in OnNext.</summary>
internal interface IBoundedReader
{
    /// <summary>Any thread.</summary>
    bool IsFull { get; }

    /// <summary>From now on the dispatcher asks; <paramref name="resume"/> is called when there is room again.</summary>
    void HoldsBack(Action resume);
}
