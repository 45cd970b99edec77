using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rx.Kafka.Tool;

/// <summary>What the value of an option may be.</summary>
internal static class OptionRange
{
    /// <summary>Refuses other values, with the value and the range.</summary>
    /// <param name="option">The option; what is not given is right.</param>
    /// <param name="isRight">Whether a value can be used.</param>
    /// <param name="range">Says which can, after "takes".</param>
    public static void Takes<T>(this Option<T?> option, Func<T, bool> isRight, string range)
        where T : struct => option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T?>() is { } value && !isRight(value))
            {
                result.AddError($"{option.Name} takes {range}, not {result.Tokens[0].Value}.");
            }
        });

    /// <summary>The same for an option of text, or of several.</summary>
    /// <param name="option">The option; what is not given is right.</param>
    /// <param name="isRight">Whether a text can be used.</param>
    /// <param name="range">Says which can, after "takes".</param>
    public static void TakesText(this Option option, Func<string, bool> isRight, string range) =>
        option.Validators.Add(result => Refuse(result, option.Name, isRight, range));

    /// <summary>The same for an argument.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="isRight">Whether a text can be used.</param>
    /// <param name="range">Says which can, after "takes".</param>
    public static void TakesText(this Argument argument, Func<string, bool> isRight, string range) =>
        argument.Validators.Add(result => Refuse(result, argument.Name, isRight, range));

    private static void Refuse(SymbolResult result, string name, Func<string, bool> isRight, string range)
    {
        foreach (var token in result.Tokens.Where(token => !isRight(token.Value)))
        {
            result.AddError($"{name} takes {range}, not '{token.Value}'.");
        }
    }
}
