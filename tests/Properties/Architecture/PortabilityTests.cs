using System.Text.RegularExpressions;

namespace Rx.Kafka.Properties.Architecture;

public sealed partial class PortabilityTests
{
    private static readonly string[] TextFiles = [".cs", ".csproj", ".props", ".md", ".json", ".txt", ".sln", ".sh", ".py", ".editorconfig", ""];
    private static readonly string[] Written = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    [Fact]
    public void No_file_names_a_path_of_one_machine()
    {
        var faults = Files(new DirectoryInfo(Repository.Root))
            .SelectMany(file => File.ReadLines(file.FullName).Select((line, index) => (file, line, Number: index + 1)))
            .Where(place => MachinePath().IsMatch(place.line))
            .Select(place => $"{Path.GetRelativePath(Repository.Root, place.file.FullName)}:{place.Number}: {place.line.Trim()}");
        Assert.Empty(faults);
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) =>
        folder.EnumerateFiles().Where(file => TextFiles.Contains(file.Extension, StringComparer.OrdinalIgnoreCase) && file.Length < 4_000_000)
            .Concat(folder.EnumerateDirectories().Where(inner => !Written.Contains(inner.Name, StringComparer.Ordinal)).SelectMany(Files));

    // The folders where people's home directories and checkouts lie.
    [GeneratedRegex(@"(?<![\w.\-/])/(home|root|work|Users)/\w|\b[A-Z]:\\\\?(Users|work)\\", RegexOptions.ExplicitCapture)]
    private static partial Regex MachinePath();
}
