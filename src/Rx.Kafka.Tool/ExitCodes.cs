namespace Rx.Kafka.Tool;

/// <summary>What the exit status says, for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>All records are acknowledged, all steps are well.</summary>
    public const int Success = 0;

    /// <summary>Some records failed.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>No broker could be reached, or no process; nothing was sent.</summary>
    public const int NoConnection = 3;
}
