using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>The table in code is the collected knowledge, word for word.</summary>
public sealed class ErrorTableTests
{
    [Fact]
    public void The_table_equals_the_collected_codes()
    {
        var expected = VectorFile.Read("errors.json")["errors"]!.AsArray().Select(node => new ErrorInfo(
            (short)node!["code"]!,
            node.Text("name"),
            (bool?)node["retriable"] ?? false, // null: nobody could say, so it is not
            (bool?)node["invalid_metadata"] ?? false,
            (bool)node["authorization"]!,
            Enum.Parse<Appended>(node.Text("appended"), ignoreCase: true),
            node.Text("description")));
        Assert.Equal(expected, ErrorTable.All.ToArray());
    }

    [Fact]
    public void Every_code_is_found_under_its_number()
    {
        foreach (ref readonly var row in ErrorTable.All)
        {
            Assert.Equal(row, ErrorTable.Get(row.Code));
        }
    }

    [Property(MaxTest = 200)]
    public void A_code_nobody_knows_is_an_unknown_server_error_that_keeps_its_number(FsCheck.DoNotSize<short> code)
    {
        ref readonly var info = ref ErrorTable.Get(code.Item);
        Assert.Equal(code.Item, info.Code);
        if (code.Item is < -1 or > 136)
        {
            Assert.Equal(ErrorTable.Get(-1) with { Code = info.Code, Name = info.Name }, info);
        }
    }
}
