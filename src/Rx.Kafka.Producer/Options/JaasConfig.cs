using System.Text;

namespace Rx.Kafka.Options;

/// <summary>
/// The one login module of a <c>sasl.jaas.config</c> and its options, read as Java's tokenizer does: blanks and comments between the words,
/// quotes of both kinds, escapes within them.
/// </summary>
/// <param name="Module">The class without its package.</param>
/// <param name="Options">Its options; names are in the case of the text.</param>
internal sealed record JaasConfig(string Module, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Reads the text.</summary>
    /// <returns>What is wrong and how to write it, without the text, which holds secrets; null = nothing.</returns>
    public static string? TryParse(string text, out JaasConfig config)
    {
        config = new JaasConfig(string.Empty, new Dictionary<string, string>(StringComparer.Ordinal));
        if (Tokens(text) is not { } tokens)
        {
            return "has a quote or a comment without an end";
        }

        // MODULE FLAG (NAME = VALUE)* ;
        if (tokens is not [{ IsSign: false } module, { IsSign: false } flag, .., { IsSign: true, Text: ";" }])
        {
            return "is no login module; write MODULE required NAME=\"VALUE\" ...; with the semicolon";
        }

        if (flag.Text.ToUpperInvariant() is not ("REQUIRED" or "REQUISITE" or "SUFFICIENT" or "OPTIONAL"))
        {
            return "has no flag after its login module; write MODULE required NAME=\"VALUE\" ...;";
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 2; i < tokens.Count - 1; i += 3)
        {
            if (i + 2 >= tokens.Count || tokens[i].IsSign || tokens[i + 1] is not { IsSign: true, Text: "=" } || tokens[i + 2].IsSign)
            {
                return $"has an option that is no NAME=\"VALUE\" (the {Ordinal((i - 2) / 3)}); put values in quotes, "
                    + "and \\\" for a quote in one";
            }

            options[tokens[i].Text] = tokens[i + 2].Text;
        }

        config = new JaasConfig(module.Text[(module.Text.LastIndexOf('.') + 1)..], options);
        return null;
    }

    /// <summary>The module, without its options.</summary>
    public override string ToString() => Module;

    private static string Ordinal(int index) => (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) + ".";

    /// <summary>Words and signs; null = a quote or a comment does not end.</summary>
    private static List<(string Text, bool IsSign)>? Tokens(string text)
    {
        var tokens = new List<(string, bool)>();
        for (var at = 0; at < text.Length;)
        {
            var character = text[at];
            if (char.IsWhiteSpace(character))
            {
                at++;
            }
            else if (text.AsSpan(at).StartsWith("//") || text.AsSpan(at).StartsWith("/*"))
            {
                var end = text[at + 1] == '/' ? text.IndexOf('\n', at) : text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0 && text[at + 1] == '*')
                {
                    return null;
                }

                at = end < 0 ? text.Length : end + (text[at + 1] == '/' ? 1 : 2);
            }
            else if (character is '"' or '\'')
            {
                if (Quoted(text, ref at) is not { } value)
                {
                    return null;
                }

                tokens.Add((value, false));
            }
            else if (character is '=' or ';')
            {
                tokens.Add((character.ToString(), true));
                at++;
            }
            else
            {
                var start = at;
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('=' or ';' or '"' or '\''))
                {
                    at++;
                }

                tokens.Add((text[start..at], false));
            }
        }

        return tokens;
    }

    /// <summary>What stands between two quotes; null = there is no second.</summary>
    private static string? Quoted(string text, ref int at)
    {
        var quote = text[at++];
        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
                value.Append(text[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'f' => '\f', 'b' => '\b', var other => other });
            }
            else
            {
                value.Append(text[at]);
            }
        }

        return null;
    }
}
