namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Calls of SendAllAsync: steps of the same kind in a row are one call.</summary>
internal sealed class ScenarioSends(KafkaProducer producer, ScenarioRun run, Func<TimeSpan> now)
{
    /// <summary>Offers the records; completes when the caller may go on.</summary>
    public async Task OfferAsync(Step[] steps, CancellationToken token)
    {
        var offered = new List<Offered>();
        try
        {
            if (steps[0].Kind == StepKind.SendAll)
            {
                Record[] records = [.. steps.Select(Next)];
                _ = ObserveAsync(offered, producer.SendAllAsync(records, token));
            }
            else
            {
                await ObserveAsync(offered, producer.SendAllAsync(steps.Select(Next), token));
            }
        }
        catch (ObjectDisposedException e)
        {
            offered.ForEach(record => record.Failed(e, now()));
        }

        offered.ForEach(record => record.ReturnedAt = now());

        Record Next(Step step)
        {
            var next = new Offered(run.Records.Count, step, now());
            run.Records.Add(next);
            offered.Add(next);
            return ScenarioRecords.Make(next.Id, step);
        }
    }

    /// <summary>One outcome for each that was offered; else the model finds records without one.</summary>
    private async Task ObserveAsync(List<Offered> offered, ValueTask<SendResults> sending)
    {
        try
        {
            using var results = await sending;
            foreach (var delivery in results.Count == offered.Count ? results : Enumerable.Empty<Delivery<int>>())
            {
                offered[delivery.State].Delivered(delivery, now());
            }
        }
        catch (OperationCanceledException e)
        {
            offered.ForEach(record => record.Failed(e, now()));
        }
    }
}
