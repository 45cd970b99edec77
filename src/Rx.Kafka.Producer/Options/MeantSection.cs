using Microsoft.Extensions.Configuration;

namespace Rx.Kafka.Options;

/// <summary>Whether a section was given that only holds the one that was meant: else each value below would be an unknown key.</summary>
internal static class MeantSection
{
    private const string Conventional = "Producer";
    private const int Deepest = 4;

    /// <summary>One sentence that names the mistake and the remedy; null = the section may hold options itself.</summary>
    public static string? FaultOf(IConfiguration given)
    {
        var meant = Below(given, IsConventional, depth: 1) ?? (HoldsServers(given) ? null : Below(given, HoldsServers, Deepest));
        var what = given is IConfigurationSection section ? $"The section '{section.Path}'" : "What was given";
        return meant is null
            ? null
            : $"{what} does not hold the producer's options itself, but has a section '{meant.Key}', and options are read from one "
                + $"section: give '{meant.Path}', and put all of them there.";
    }

    private static IConfigurationSection? Below(IConfiguration section, Predicate<IConfigurationSection> isMeant, int depth)
    {
        var inner = section.GetChildren().Where(static child => child.GetChildren().Any()).ToList();
        return inner.Find(isMeant) ?? (depth == 1
            ? null
            : inner.Select(child => Below(child, isMeant, depth - 1)).FirstOrDefault(static found => found is not null));
    }

    private static bool IsConventional(IConfigurationSection section) =>
        string.Equals(section.Key, Conventional, StringComparison.OrdinalIgnoreCase);

    private static bool HoldsServers(IConfiguration section) => section.GetChildren().Any(
        static child => KeyIndex.FindLoosely(child.Key)?.Option?.Key == "bootstrap.servers");
}
