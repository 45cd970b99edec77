using System.Reflection;
using Rx.Kafka.Integration.RealKafka;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Migration;

/// <summary>The code of the guides is compiled, runs, and is what the pages show.</summary>
public sealed class MigrationGuideTests
{
    private static readonly Type[] Pieces = [typeof(ConfluentSnippets), typeof(OurSnippets), typeof(HostingSnippets), typeof(ServicesSnippets), typeof(TestingSnippets), typeof(ReadmeSnippets)];

    public static TheoryData<string> Methods => new(
        from type in Pieces
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        select $"{type.Name}.{method.Name}");

    [Fact]
    public void The_guides_show_the_code_that_is_compiled()
    {
        var all = Snippets.Read();
        var readme = File.ReadAllText(Snippets.Readme).ReplaceLineEndings("\n");
        var ofReadme = all.Where(static snippet => snippet.Key.StartsWith("readme-", StringComparison.Ordinal)).ToList();
        Assert.All(ofReadme, snippet => Assert.Contains($"\n```csharp\n{snippet.Value}\n```\n", readme, StringComparison.Ordinal));
        var snippets = all.Except(ofReadme).ToDictionary(StringComparer.Ordinal);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Snippets.Pages)
        {
            var page = File.ReadAllText(path).ReplaceLineEndings("\n");
            var filled = Snippets.Fill(page, snippets, shown);
            if (Environment.GetEnvironmentVariable("RX_UPDATE_DOCS") == "1")
            {
                File.WriteAllText(path, filled);
                page = filled;
            }

            Assert.True(string.Equals(filled, page, StringComparison.Ordinal), $"{Path.GetFileName(path)} is out of date; write it anew with: RX_UPDATE_DOCS=1 dotnet test tests/Integration --filter MigrationGuide");

            // Code that is not compiled would rot.
            Assert.Equal(page.Split("<!-- snippet: ").Length, page.Split("\n```").Length / 2 + 1);
        }

        Assert.Equal(snippets.Keys.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_code_runs(string name)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
        var run = (Task)Pieces.Single(piece => piece.Name == type).GetMethod(method)!.Invoke(null, [kafka.BootstrapServers[0]])!;

        await run.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [JavacFact]
    public async Task The_Java_code_compiles()
    {
        var classes = Directory.CreateTempSubdirectory();
        try
        {
            var jars = Path.Combine(Path.GetDirectoryName(Environs.Script)!, "libs", "*");
            var compiled = await Command.RunAsync("javac", ["-cp", jars, "-d", classes.FullName, Path.Combine(Snippets.Folder, "JavaSnippets.java")], TimeSpan.FromMinutes(2));
            Assert.True(compiled.ExitCode == 0, compiled.Errors);
        }
        finally
        {
            classes.Delete(recursive: true);
        }
    }
}
