using System.Text.Json.Nodes;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>Reads the golden vectors beside the test assembly.</summary>
internal static class VectorFile
{
    public static JsonNode Read(string path) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", path)))!;

    public static IEnumerable<JsonNode> Cases(string path) => Read(path)["cases"]!.AsArray()!;

    public static byte[] Hex(this JsonNode node, string name) => Convert.FromHexString((string)node[name]!);

    public static byte[]? HexOrNull(this JsonNode node, string name) => (string?)node[name] is { } hex ? Convert.FromHexString(hex) : null;

    public static int Int(this JsonNode node, string name) => (int)node[name]!;

    public static long Long(this JsonNode node, string name) => (long)node[name]!;

    public static string Text(this JsonNode node, string name) => (string)node[name]!;
}
