using System.Globalization;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>One line of a fault script.</summary>
/// <param name="Kind">What.</param>
/// <param name="Broker">Where; leaders move in any case from anywhere to anywhere.</param>
/// <param name="Lasts">How long.</param>
/// <param name="Then">How long nothing is done afterwards.</param>
/// <param name="EndsWithCut">Whether connections are cut when it is over, so that what was held back never comes.</param>
/// <param name="Seed">For the choices within the fault.</param>
internal readonly record struct Fault(FaultKind Kind, int Broker, TimeSpan Lasts, TimeSpan Then, bool EndsWithCut, int Seed)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} broker {Broker} for {Lasts.TotalSeconds:0.0} s{(EndsWithCut ? ", then cut" : "")}");
}
