namespace Rx.Kafka.Batching;

/// <summary>What a line is for: a partition, or a topic. Called by its drainer only, one call at a time.</summary>
internal interface IWaitingPlace
{
    /// <summary>Before the first record is tried: what all that stand in line end with, or null.</summary>
    ProduceError? BeginDraining();

    /// <summary>Places the record at the head of the line. MustWait without an error and a partition = it waits on here.</summary>
    AppendResult TryPlace(ref RecordOffer offer);

    /// <summary>MaxBlock is over.</summary>
    ProduceError TimedOut();

    /// <summary>What its head waits for: "for …".</summary>
    string WhatFor();

    /// <summary>Nobody stands in line any more; may be called again, and somebody may join meanwhile.</summary>
    void Drained();
}
