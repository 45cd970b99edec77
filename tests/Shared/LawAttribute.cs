using Xunit.Abstractions;
using Xunit.Sdk;

namespace Rx.Kafka.Tests;

/// <summary>The laws of docs/laws.md that a test is evidence of: <c>dotnet test --filter "law=L41"</c> runs those of one.</summary>
[TraitDiscoverer("Rx.Kafka.Tests." + nameof(LawDiscoverer), TestAssembly.Name)]
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class LawAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Ids => ids;
}

/// <summary>Tells xunit the traits of a <see cref="LawAttribute"/>.</summary>
public sealed class LawDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        var ids = traitAttribute.GetNamedArgument<IReadOnlyList<string>>(nameof(LawAttribute.Ids));
        return ids.Select(static id => KeyValuePair.Create("law", id));
    }
}
