using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace Rx.Kafka.Tool;

/// <summary>The usual help, and after it what each command has more to say: examples and exit codes.</summary>
internal sealed class HelpWithExample(HelpAction usual, IReadOnlyDictionary<Command, string> more) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var help = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        parseResult.InvocationConfiguration.Output = help;
        var result = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        foreach (var line in help.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd()); // a line that was broken ends in a blank
        }

        output.WriteLine();
        if (more.TryGetValue(parseResult.CommandResult.Command, out var text))
        {
            output.WriteLine(text);
        }

        return result;
    }
}
