using System.Net.Sockets;
using System.Reflection;
using System.Threading.Channels;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>An entry that names nothing bans nothing, and nobody would notice.</summary>
public sealed class BannedSymbolTests
{
    private static readonly Assembly[] Libraries =
    [
        typeof(object).Assembly, typeof(Console).Assembly, typeof(Channel).Assembly, typeof(System.Timers.Timer).Assembly, typeof(System.Diagnostics.Stopwatch).Assembly,
        typeof(System.Diagnostics.Trace).Assembly, typeof(Socket).Assembly, typeof(Enumerable).Assembly,
    ];

    [Fact]
    public void Every_banned_symbol_exists_and_has_a_reason()
    {
        var entries = File.ReadAllLines(Repository.PathOf("BannedSymbols.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => line.Split(';', 2))
            .ToList();
        Assert.NotEmpty(entries);
        Assert.All(entries, entry => Assert.True(entry.Length == 2 && entry[1].Length > 0, $"{entry[0]} has no reason"));
        var existing = Libraries.Distinct().SelectMany(library => library.GetExportedTypes()).SelectMany(Ids).ToHashSet(StringComparer.Ordinal);
        Assert.All(entries, entry => Assert.True(existing.Contains(entry[0]), $"{entry[0]} does not exist"));
        Assert.Empty(entries.GroupBy(entry => entry[0], StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static IEnumerable<string> Ids(Type type)
    {
        var name = Name(type);
        yield return $"T:{name}";
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            yield return $"P:{name}.{property.Name}";
        }

        foreach (var method in type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).OfType<MethodBase>())
        {
            var parameters = string.Join(',', method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
            var arity = method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : string.Empty;
            yield return $"M:{name}.{method.Name.Replace('.', '#')}{arity}{(parameters.Length == 0 ? string.Empty : $"({parameters})")}";
        }
    }

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "@" : "*");
        }

        if (type is { IsGenericType: true, IsGenericTypeDefinition: false })
        {
            var definition = type.GetGenericTypeDefinition().FullName!;
            return $"{definition[..definition.IndexOf('`', StringComparison.Ordinal)]}{{{string.Join(',', type.GetGenericArguments().Select(Name))}}}";
        }

        return (type.FullName ?? type.Name).Replace('+', '.');
    }
}
