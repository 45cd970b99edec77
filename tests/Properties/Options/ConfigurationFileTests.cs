using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>
/// Configuration files as people have them, after the public documentation of clients and services (Vectors/Configurations). Each ends in
/// what reading it must give: <c>#=</c> an option that is not the default, <c>#?</c> a notice, <c>#!</c> a fault, of reading or else of validating.
/// </summary>
public sealed class ConfigurationFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "Configurations");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void It_gives_what_it_says(string file)
    {
        var path = Path.Combine(Folder, file + ".properties");
        var expected = File.ReadLines(path).Where(line => line is ['#', '=' or '?' or '!', ' ', ..]).ToList();
        var actual = Read(path).ToList();
        Assert.True(expected.SequenceEqual(actual, StringComparer.Ordinal), $"{file} gives\n{string.Join('\n', actual)}\n");
        Assert.DoesNotContain(actual, line => line.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_forty_of_them() => Assert.True(Files.Count >= 40, $"{Files.Count}");

    private static IEnumerable<string> Read(string path)
    {
        KafkaProducerOptions options;
        try
        {
            options = KafkaProducerOptions.FromPropertiesFile(path);
        }
        catch (ArgumentException refusal)
        {
            return Faults(refusal);
        }

        Assert.DoesNotContain("SECRET", options.ToString(), StringComparison.Ordinal);
        return OptionTable.Changed(options).Select(pair => $"#= {pair.Name} = {pair.Value}")
            .Concat(options.Notices.Select(notice => $"#? {notice}"))
            .Concat(Xunit.Record.Exception(options.Validate) is ArgumentException contradiction ? Faults(contradiction) : []);
    }

    private static IEnumerable<string> Faults(ArgumentException refusal) =>
        refusal.Message.Split(Environment.NewLine).Skip(1).Select(line => "#! " + line[2..].Replace(" (Parameter 'properties')", "", StringComparison.Ordinal));
}
