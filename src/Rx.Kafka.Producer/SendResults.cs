using System.Buffers;
using System.Collections;

namespace Rx.Kafka;

/// <summary>
/// The outcomes of the records of one <see cref="KafkaProducer.SendAllAsync(IEnumerable{Record}, CancellationToken)"/>, in the order of the
/// input: one per record, failed ones too. The <see cref="Delivery{T}.State"/> of each is its record's position, from 0.
/// </summary>
/// <remarks>
/// Nothing is allocated per record: the outcomes stand in pooled memory. <see cref="Dispose"/> gives it back; who forgets that costs the
/// collector some work, and nothing else. Any number of threads may read at once, but not while one disposes.
/// </remarks>
public sealed class SendResults : IReadOnlyList<Delivery<int>>, IDisposable
{
    private const int LeastCapacity = 16;

    private Delivery<int>[]? _deliveries;
    private ProduceError? _firstError;
    private int _firstFailed;
    private int _count;
    private int _failed;

    private SendResults(int capacity) => _deliveries = ArrayPool<Delivery<int>>.Shared.Rent(Math.Max(capacity, LeastCapacity));

    /// <summary>How many records were sent.</summary>
    /// <exception cref="ObjectDisposedException">The results were disposed.</exception>
    public int Count => Deliveries.Length;

    /// <summary>How many of them failed.</summary>
    /// <exception cref="ObjectDisposedException">The results were disposed.</exception>
    public int FailedCount => Deliveries.IsEmpty ? 0 : _failed;

    /// <summary>Whether none failed; also when there was none.</summary>
    /// <exception cref="ObjectDisposedException">The results were disposed.</exception>
    public bool AllSucceeded => FailedCount == 0;

    /// <summary>
    /// The outcomes of the failed records, in the order of the input; empty when <see cref="AllSucceeded"/>. Nothing is allocated for each.
    /// </summary>
    /// <exception cref="ObjectDisposedException">While enumerating: the results were disposed.</exception>
    public IEnumerable<Delivery<int>> Failures
    {
        get
        {
            for (var i = FailedCount == 0 ? Count : _firstFailed; i < Count; i++)
            {
                if (!Deliveries[i].Succeeded)
                {
                    yield return Deliveries[i];
                }
            }
        }
    }

    private ReadOnlySpan<Delivery<int>> Deliveries
    {
        get
        {
            ObjectDisposedException.ThrowIf(_deliveries is null, this);
            return _deliveries.AsSpan(0, _count);
        }
    }

    /// <summary>The outcome of one record.</summary>
    /// <param name="index">Its position in the input, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such record.</exception>
    /// <exception cref="ObjectDisposedException">The results were disposed.</exception>
    public Delivery<int> this[int index]
    {
        get
        {
            var deliveries = Deliveries;
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, deliveries.Length);
            return deliveries[index];
        }
    }

    /// <summary>Does nothing if every record was acknowledged.</summary>
    /// <exception cref="KafkaProduceException">
    /// One failed: this is the error of the first one, and its text says how many of how many failed. <see cref="Failures"/> has them all.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The results were disposed.</exception>
    public void ThrowIfFailed()
    {
        if (!AllSucceeded)
        {
            var text = $"{_failed} of {_count} records failed; the first, at position {_firstFailed}: {_firstError!.Message}";
            throw (_firstError with { Message = text }).ToException();
        }
    }

    /// <summary>All outcomes, in the order of the input; one object for all of them.</summary>
    /// <returns>The enumerator.</returns>
    /// <exception cref="ObjectDisposedException">While enumerating: the results were disposed.</exception>
    public IEnumerator<Delivery<int>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return Deliveries[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gives the memory back; the outcomes can no longer be read. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _deliveries, null) is { } deliveries)
        {
            deliveries.AsSpan(0, _count).Clear();
            ArrayPool<Delivery<int>>.Shared.Return(deliveries);
        }
    }

    /// <summary>Empty ones, with room for some outcomes; more can be added.</summary>
    internal static SendResults Rent(int capacity) => new(capacity);

    /// <summary>The outcome of the next record.</summary>
    /// <param name="delivery">The outcome.</param>
    /// <param name="error">Why it failed; null = it did not.</param>
    internal void Add(in Delivery<int> delivery, ProduceError? error)
    {
        if (_count == _deliveries!.Length)
        {
            Grow();
        }

        _deliveries[_count] = delivery;
        if (error is not null && _failed++ == 0)
        {
            _firstError = error;
            _firstFailed = _count;
        }

        _count++;
    }

    private void Grow()
    {
        var larger = ArrayPool<Delivery<int>>.Shared.Rent(checked(_count * 2));
        Deliveries.CopyTo(larger);
        var smaller = _deliveries!;
        _deliveries = larger;
        smaller.AsSpan(0, _count).Clear();
        ArrayPool<Delivery<int>>.Shared.Return(smaller);
    }
}
