namespace Rx.Kafka.Integration.Chaos;

/// <summary>How many bytes go on.</summary>
/// <param name="Bytes">0 = none yet.</param>
/// <param name="IsTorn">Whether the connection ends behind them, though more were to come.</param>
internal readonly record struct Passage(int Bytes, bool IsTorn);
