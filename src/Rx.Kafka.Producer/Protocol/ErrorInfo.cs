namespace Rx.Kafka.Protocol;

/// <summary>What is known about one of Kafka's error codes.</summary>
/// <param name="Code">The code on the wire.</param>
/// <param name="Name">Kafka's name of it.</param>
/// <param name="Retriable">Whether the same request may succeed later.</param>
/// <param name="InvalidMetadata">Whether it says that our metadata is out of date.</param>
/// <param name="Authorization">Whether a permission is missing.</param>
/// <param name="Appended">What it proves in a Produce answer.</param>
/// <param name="Description">What it means, and what to do.</param>
internal readonly record struct ErrorInfo(short Code, string Name, bool Retriable, bool InvalidMetadata, bool Authorization, Appended Appended, string Description);
