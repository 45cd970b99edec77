using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>A file that is written beside the old one and takes its place when all is there.</summary>
internal sealed class ReplacedFile : IDisposable
{
    private readonly string _path;
    private readonly string? _beside; // null = a device or a pipe, of which there is no other

    private ReplacedFile(string path)
    {
        _path = path;
        _beside = IsOneOfAKind(path) ? null : $"{path}.{Path.GetRandomFileName()}";
        Stream = File.Open(_beside ?? path, _beside is null ? FileMode.Open : FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Takes what shall be in it.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins, so that no figures are lost because the place cannot be written to.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static ReplacedFile Open(FileInfo file)
    {
        try
        {
            // A link stays, and what it leads to is replaced.
            var path = file.LinkTarget is null || IsOneOfAKind(file.FullName)
                ? file.FullName
                : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            return Directory.Exists(path) ? throw new UsageException($"--json cannot be written: {path} is a folder.") : new(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--json cannot be written: {FaultText.Of(fault)}", fault);
        }
    }

    private static bool IsOneOfAKind(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal);

    /// <summary>Puts it in the old one's place.</summary>
    public void Replace()
    {
        Stream.Dispose();
        if (_beside is not null)
        {
            File.Move(_beside, _path, overwrite: true);
        }
    }

    /// <summary>The old file stays, unless it was replaced.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (_beside is not null)
        {
            File.Delete(_beside);
        }
    }
}
