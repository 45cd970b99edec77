using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties;

/// <summary>Random programs that shrink: steps are left out first, then their numbers become smaller.</summary>
internal static class Steps
{
    /// <param name="kinds">How many kinds of steps there are.</param>
    /// <param name="most">The longest program.</param>
    /// <param name="limit">The numbers lie below this.</param>
    public static Arbitrary<Step[]> Of(int kinds, int most = 60, int limit = 1000)
    {
        var step = from kind in Gen.Choose(0, kinds - 1)
                   from a in Gen.Choose(0, limit - 1)
                   from b in Gen.Choose(0, limit - 1)
                   select new Step(kind, a, b);
        var steps = from length in Gen.Choose(1, most)
                    from program in Gen.ArrayOf(step, length)
                    select program;
        return Arb.From(steps, Shrink);
    }

    private static IEnumerable<Step[]> Shrink(Step[] program)
    {
        for (var size = program.Length / 2; size > 0; size /= 2)
        {
            for (var start = 0; start + size <= program.Length; start += size)
            {
                yield return [.. program[..start], .. program[(start + size)..]];
            }
        }

        for (var i = 0; i < program.Length; i++)
        {
            var step = program[i];
            foreach (var smaller in new[] { step with { A = 0 }, step with { A = step.A / 2 }, step with { B = 0 }, step with { B = step.B / 2 } })
            {
                if (smaller != step)
                {
                    yield return [.. program[..i], smaller, .. program[(i + 1)..]];
                }
            }
        }
    }
}
