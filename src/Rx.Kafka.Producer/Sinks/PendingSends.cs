using System.Buffers;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// What a <see cref="SendAll"/> has offered and not taken yet, oldest first: a queue in pooled memory. It is as long as the records that
/// are in batches or in line, which are bounded elsewhere.
/// </summary>
internal sealed class PendingSends
{
    private const int FirstCapacity = 256;

    private PendingSend[] _items = ArrayPool<PendingSend>.Shared.Rent(FirstCapacity);
    private int _head;
    private int _tail;

    public bool IsEmpty => _head == _tail;

    /// <summary>The oldest one; there must be one.</summary>
    public ref readonly PendingSend Head => ref _items[_head];

    public void Enqueue(in PendingSend item)
    {
        if (_tail == _items.Length)
        {
            MakeRoom();
        }

        _items[_tail++] = item;
    }

    public void Dequeue()
    {
        _items[_head++] = default;
        if (IsEmpty)
        {
            _head = _tail = 0;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Return()
    {
        _items.AsSpan(_head, _tail - _head).Clear();
        ArrayPool<PendingSend>.Shared.Return(_items);
        _items = [];
        _head = _tail = 0;
    }

    private void MakeRoom()
    {
        var used = _items.AsSpan(_head, _tail - _head);
        if (_head >= _items.Length / 2)
        {
            used.CopyTo(_items);
            _items.AsSpan(Math.Max(used.Length, _head), _tail - Math.Max(used.Length, _head)).Clear();
        }
        else
        {
            var larger = ArrayPool<PendingSend>.Shared.Rent(checked(_items.Length * 2));
            used.CopyTo(larger);
            used.Clear();
            ArrayPool<PendingSend>.Shared.Return(_items);
            _items = larger;
        }

        _tail -= _head;
        _head = 0;
    }
}

/// <summary>One record that was offered: what its outcome is taken from, or why it was refused.</summary>
/// <param name="Source">Null = it was refused.</param>
/// <param name="Token">The source's.</param>
/// <param name="Waiting">Its place in line; null = it stands in none.</param>
/// <param name="Refusal">Why it was refused.</param>
internal readonly record struct PendingSend(IAwaitedRecord? Source, short Token, WaitingRecord? Waiting, ProduceError? Refusal);
