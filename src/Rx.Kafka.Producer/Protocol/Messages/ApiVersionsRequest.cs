namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks which versions a broker speaks: the first request on every connection.</summary>
internal static class ApiVersionsRequest
{
    /// <summary>Writes the body; empty before v3.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">0-4.</param>
    /// <param name="softwareName">Letters, digits, '-' and '.', ending in a letter or digit; a broker refuses others with INVALID_REQUEST.</param>
    /// <param name="softwareVersion">The same alphabet: no '+build'.</param>
    public static void Write(ref KafkaWriter w, short version, string softwareName, string softwareVersion)
    {
        if (version >= 3)
        {
            w.String(softwareName, flexible: true); // ClientSoftwareName
            w.String(softwareVersion, flexible: true); // ClientSoftwareVersion
            w.NoTags(flexible: true);
        }
    }
}
