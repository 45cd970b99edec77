using System.Text.RegularExpressions;

namespace Rx.Kafka.Options;

/// <summary>
/// What of a text that was read may be repeated in a message. A line of a file may be a part of a password or of a private key: after a
/// stray backslash, or in a PEM whose lines are not continued.
/// </summary>
internal static partial class ShownText
{
    private const int LongestValue = 100;
    private const int LongestName = 80;
    private const int LongestPath = 4096; // on any system that matters

    /// <summary>Whether a value may be, or hold, what must not be shown.</summary>
    public static bool MayHoldSecret(string value) =>
        value.Length > LongestValue || value.AsSpan().ContainsAny('=', '@') || SecretWord().IsMatch(value);

    /// <summary>Whether an address list is nothing but names, ports and what is commonly put around them.</summary>
    public static bool IsAddressLike(string text) =>
        text.Length <= LongestValue && !SecretWord().IsMatch(text) && Addresses().IsMatch(text);

    /// <summary>Whether a name may be a misspelt key: words of letters and digits, none as long as a line of base64.</summary>
    public static bool IsKeyLike(string name) => name.Length <= LongestName && Key().IsMatch(name);

    /// <summary>
    /// Whether a path is none but what should stand in the file, as when ssl.key.location and ssl.key.pem are mixed up.
    /// </summary>
    public static bool IsNoPath(string path) =>
        path.Length > LongestPath || path.AsSpan().ContainsAny('\r', '\n') || path.Contains("-----BEGIN", StringComparison.Ordinal);

    [GeneratedRegex(
        "password|passwd|secret|credential|private",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretWord();

    // What stands between addresses, and an address: a protocol, a name or an IPv6 address with its zone, a port, a slash.
    private const string Between = """[\s"'`;,]""";
    private const string Address =
        @"(?:\w+://)?(?:[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?|\[[^\]@=]*\]|[\w.-]+)?(?::\d*)?/?";

    [GeneratedRegex(
        "^" + Between + "*" + Address + "(?:" + Between + "+" + Address + ")*" + Between + "*$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Addresses();

    [GeneratedRegex(
        @"^\[?[A-Za-z0-9]{0,40}(?:[._:\- ][A-Za-z0-9]{0,40})*\]?$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
