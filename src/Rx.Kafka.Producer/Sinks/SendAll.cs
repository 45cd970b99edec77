using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Sinks;

/// <summary>
/// Many records behind one await. They are offered in order, and their outcomes are taken in the same order, as values: a failed one throws
/// nothing. A record costs what it costs in <see cref="KafkaProducer.SendAsync"/>, and its places in two pooled arrays.
/// </summary>
/// <param name="admission">The way in.</param>
/// <param name="awaited">Awaits of their own for records in line.</param>
/// <param name="interceptors">Who sees each record and its outcome first; null = there are none.</param>
/// <param name="expected">How many records will come, as far as anybody knows.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class SendAll(
    IRecordAdmission admission,
    SendCompletionPool awaited,
    InterceptorChain? interceptors,
    int expected,
    CancellationToken cancellationToken)
{
    /// <summary>After so many offers those that are decided are taken: what they hold then serves the next ones.</summary>
    private const int OffersPerTake = 64;

    /// <summary>A sequence may lie about its length.</summary>
    private const int MostExpected = 65_536;

    private readonly AsyncSignal _signal = new();
    private readonly PendingSends _pending = new();
    private readonly SendResults _results = SendResults.Rent(Math.Clamp(expected, 0, MostExpected));
    private int _offers;

    /// <summary>The position of the record whose outcome sets the signal; a second registration would be a fault.</summary>
    private int _watched = -1;

    /// <summary>Offers all of them within the call; those without room stand in line.</summary>
    public ValueTask<SendResults> SendAsync(ReadOnlySpan<Record> records)
    {
        foreach (ref readonly var record in records)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            Offer(record);
        }

        return OnScheduler(static self => self.EndAsync(null));
    }

    /// <summary>Pulls them on the scheduler; while one stands in line the next is not pulled.</summary>
    public ValueTask<SendResults> SendAsync(IEnumerable<Record> records) => OnScheduler(self => self.PullAsync(records));

    private ValueTask<SendResults> OnScheduler(Func<SendAll, Task<SendResults>> run) => new(Task.Factory.StartNew(
        () => run(this), CancellationToken.None, TaskCreationOptions.DenyChildAttach, admission.Scheduler).Unwrap());

    private async Task<SendResults> PullAsync(IEnumerable<Record> records)
    {
        ExceptionDispatchInfo? thrown = null;
        try
        {
            foreach (var record in records)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    break; // while the sequence made it
                }

                if (Offer(record) is { } waiting)
                {
                    await waiting.Placed;
                }

                if (interceptors is { Window.IsFull: true })
                {
                    await interceptors.CatchUpAsync(cancellationToken);
                }

                if (cancellationToken.IsCancellationRequested)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            // The sequence's own, or this was cancelled. What it gave before is sent all the same.
            thrown = ExceptionDispatchInfo.Capture(e);
        }

        return await EndAsync(thrown);
    }

    /// <returns>Its place in line; null = it stands in none.</returns>
    private WaitingRecord? Offer(in Record record)
    {
        if (++_offers % OffersPerTake == 0)
        {
            TakeDecided();
        }

        if (interceptors is not null)
        {
            return OfferAlone(interceptors.OnSend(record), trace: null);
        }

        var offer = new RecordOffer(record);
        switch (admission.Offer(ref offer))
        {
            case OfferResult.Placed:
                _pending.Enqueue(new PendingSend(offer.Shared, offer.Token, Waiting: null, Refusal: null));
                return null;
            case OfferResult.NeedsCompletion:
                return OfferAlone(offer.Record, offer.Trace);
            default:
                _pending.Enqueue(new PendingSend(Source: null, 0, Waiting: null, offer.Error));
                return null;
        }
    }

    /// <summary>Offers a record with an await of its own.</summary>
    private WaitingRecord? OfferAlone(in Record record, RecordTrace? trace)
    {
        var completion = awaited.Rent();
        var waiting = completion.Offer(record, interceptors, isBorrowed: false, trace, cancellationToken);
        _pending.Enqueue(new PendingSend(completion, completion.Token, waiting, Refusal: null));
        return waiting;
    }

    /// <summary>All are offered: takes their outcomes as they come.</summary>
    private async Task<SendResults> EndAsync(ExceptionDispatchInfo? thrown)
    {
        var registration = cancellationToken.UnsafeRegister(static self => ((SendAll)self!)._signal.Set(), this);
        try
        {
            while (!cancellationToken.IsCancellationRequested && !TakeDecided())
            {
                WatchHead();
                await _signal.WaitAsync();
            }

            if (cancellationToken.IsCancellationRequested)
            {
                await LeaveLinesAsync();
                throw new OperationCanceledException(cancellationToken);
            }

            thrown?.Throw();
            return _results;
        }
        catch
        {
            _results.Dispose();
            throw;
        }
        finally
        {
            registration.Unregister();
            _pending.Return();
        }
    }

    /// <returns>False when the next one has no outcome yet.</returns>
    private bool TakeDecided()
    {
        while (!_pending.IsEmpty)
        {
            ref readonly var head = ref _pending.Head;
            var error = head.Refusal;
            var delivery = default(Delivery<int>);
            if (head.Source is not { } source)
            {
                delivery = new Delivery<int>(_results.Count, error!);
            }
            else if (source.GetStatus(head.Token) == ValueTaskSourceStatus.Pending)
            {
                return false;
            }
            else
            {
                error = source.Take(head.Token, _results.Count, out delivery);
            }

            _pending.Dequeue();
            _results.Add(delivery, error);
        }

        return true;
    }

    private void WatchHead()
    {
        if (_watched != _results.Count)
        {
            _watched = _results.Count;
            ref readonly var head = ref _pending.Head;

            // Its continuation is a work item of its own, with nothing else to do.
            head.Source!.OnCompleted(
                static self => ((SendAll)self!)._signal.SetHere(), this, head.Token, ValueTaskSourceOnCompletedFlags.None);
        }
    }

    /// <summary>
    /// Each record in line withdraws itself, or is placed right now: the caller's memory is read until then. The others go their way.
    /// </summary>
    private async Task LeaveLinesAsync()
    {
        for (; !_pending.IsEmpty; _pending.Dequeue())
        {
            if (_pending.Head.Waiting is { Placed: { IsCompleted: false } placed })
            {
                await placed.ContinueWith(
                    static _ => { }, CancellationToken.None, TaskContinuationOptions.DenyChildAttach, admission.Scheduler);
            }
        }
    }
}
