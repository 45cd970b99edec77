using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Produce;

/// <summary>Tells of the first failures one by one; later ones are in the summary. Any thread.</summary>
internal sealed class Troubles(Surroundings around)
{
    private const int Most = 20;
    private readonly Lock _lock = new();
    private int _told;

    /// <summary>Tells of one. While a screen is painted its text goes above the picture.</summary>
    public void Tell(string text)
    {
        lock (_lock)
        {
            if (_told > Most)
            {
                return;
            }

            var console = around.IsLive ? around.Out : around.Errors;
            console.Tell(_told++ < Most ? text : "More failures are counted, and not told one by one.", new Style(Color.Red));
        }
    }
}
