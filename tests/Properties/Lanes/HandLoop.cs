using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>A loop without a thread: letters are read when the test says so.</summary>
internal sealed class HandLoop : LaneLoop
{
    private readonly Queue<Action> _letters = new();

    public HandLoop(TimeProvider time, BufferPool memory)
        : base(time, new BrokerMemory()) => memory.AddBroker(Memory);

    public int Arrivals { get; private set; }

    public bool AnyMoving => HasMoving;

    public override void Wake()
    {
    }

    public override void Opened()
    {
    }

    public override void Post(Action letter) => _letters.Enqueue(letter);

    public override void Arrived() => Arrivals++;

    public void ReadLetters()
    {
        while (_letters.TryDequeue(out var letter))
        {
            letter();
        }
    }

    /// <summary>What a step does with waiting lanes.</summary>
    public long EndWaitsAt(long now) => EndWaits(now);
}
