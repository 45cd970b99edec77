namespace Rx.Kafka.Protocol.Messages;

/// <summary>A record for which a broker refused its whole batch.</summary>
/// <param name="BatchIndex">The record's number in the batch, from 0, as the peer sent it.</param>
/// <param name="Message">The broker's words; null = none.</param>
internal readonly record struct RecordError(int BatchIndex, string? Message);
