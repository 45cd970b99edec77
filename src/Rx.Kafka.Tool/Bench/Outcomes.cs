using System.Runtime.InteropServices;
using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>
/// Counts what became of a round's records. <see cref="Decide"/> is called one at a time, as both clients report; the rest by the
/// thread that sends.
/// </summary>
internal sealed class Outcomes(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private readonly ManualResetEventSlim _isReached = new();
    private readonly Latencies _latencies = new();
    private bool _isMeasuring;
    private bool _hasLatency;
    private long _wanted = long.MaxValue;
    private long _acknowledged;
    private long _failed;
    private string? _notice;
    private Exception? _broken;

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    public long Failed => Volatile.Read(ref _failed);

    public long Decided => Acknowledged + Failed;

    /// <summary>Why the first record failed; null = none did.</summary>
    public string? FirstError { get; private set; }

    /// <summary>What the client last complained of.</summary>
    public string? LastNotice => Volatile.Read(ref _notice);

    /// <summary>From sending to outcome, of the records marked between <see cref="Measure"/>'s calls; read when all is decided.</summary>
    public Latencies Latencies => _latencies;

    /// <summary>Whether there is one.</summary>
    public bool HasLatency => Volatile.Read(ref _hasLatency);

    /// <summary>Whether latencies are kept.</summary>
    public void Measure(bool isMeasuring) => Volatile.Write(ref _isMeasuring, isMeasuring);

    /// <summary>Writes the time into the first 8 bytes of a value, for its outcome to find. Other values begin with zeros.</summary>
    public void Mark(byte[] value) => Volatile.Write(ref MemoryMarshal.AsRef<long>(value.AsSpan()), time.GetTimestamp());

    /// <summary>Whether the record of a value that was marked has no outcome yet.</summary>
    public static bool IsMarked(byte[] value) => Volatile.Read(ref MemoryMarshal.AsRef<long>(value.AsSpan())) != 0;

    /// <summary>Counts an outcome.</summary>
    /// <param name="value">The value that was sent.</param>
    /// <param name="error">Why it failed; null = it is acknowledged.</param>
    public void Decide(ReadOnlyMemory<byte> value, string? error)
    {
        var hasLatency = false;
        ref var mark = ref MemoryMarshal.AsRef<long>(MemoryMarshal.AsMemory(value).Span);
        if (mark != 0)
        {
            hasLatency = error is null && Volatile.Read(ref _isMeasuring);
            if (hasLatency)
            {
                _latencies.Add(time.GetElapsedTime(mark));
            }

            Volatile.Write(ref mark, 0);
        }

        if (error is null)
        {
            Volatile.Write(ref _acknowledged, _acknowledged + 1);
            if (hasLatency)
            {
                Volatile.Write(ref _hasLatency, true); // after the count, which is not 0 then
            }
        }
        else
        {
            FirstError ??= error;
            Volatile.Write(ref _failed, _failed + 1);
        }

        if (_acknowledged + _failed >= Volatile.Read(ref _wanted))
        {
            _isReached.Set();
        }
    }

    /// <summary>The client has ended by itself.</summary>
    public void Break(Exception fault)
    {
        Volatile.Write(ref _broken, fault);
        _isReached.Set();
    }

    /// <summary>What the client says besides outcomes: why it has no connection.</summary>
    public void Notice(string text) => Volatile.Write(ref _notice, text);

    /// <summary>Waits a little until so many records are decided.</summary>
    /// <returns>Whether they are.</returns>
    /// <exception cref="InvalidOperationException">The client has ended.</exception>
    public bool Await(long count)
    {
        if (Volatile.Read(ref _broken) is { } fault)
        {
            throw new InvalidOperationException(fault.Message, fault);
        }

        if (Decided >= count)
        {
            return true;
        }

        _isReached.Reset();
        Volatile.Write(ref _wanted, count);
        if (Decided < count)
        {
            _isReached.Wait(Look); // an outcome that passes the write above unseen costs this wait
        }

        Volatile.Write(ref _wanted, long.MaxValue);
        return Decided >= count;
    }

    public void Dispose() => _isReached.Dispose();
}
