namespace Rx.Kafka.Tool;

/// <summary>What the user gave cannot be done; the text says which value and what to do.</summary>
internal sealed class UsageException(string message, Exception? innerException = null) : Exception(message, innerException);
