namespace Rx.Kafka.Tool.Doctor;

/// <summary>How steps are done and told, with a limit of time for each.</summary>
internal sealed class Bedside(Surroundings around, Report report, TimeSpan patience)
{
    /// <summary>The first step that was not well; null = all are.</summary>
    public Checkpoint? Stopped { get; private set; }

    public TimeProvider Time => around.Time;

    /// <summary>How long a step may take.</summary>
    public TimeSpan Patience => patience;

    public void Begin(string subject) => report.Begin(subject);

    public void Tell(Finding finding)
    {
        report.Tell(finding);
        Stopped ??= finding.IsWell ? null : finding.Step;
    }

    /// <summary>Does a step and tells of it.</summary>
    /// <param name="step">Which.</param>
    /// <param name="look">Does it.</param>
    /// <param name="late">What came when its time is over; null = nothing.</param>
    /// <returns>Whether it is well.</returns>
    public async Task<bool> StepAsync(
        Checkpoint step, Func<CancellationToken, Task<(bool IsWell, string Text)>> look, Func<string?>? late = null)
    {
        using var limit = new CancellationTokenSource(patience, around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, around.Stop);
        var begin = Time.GetTimestamp();
        bool isWell;
        string text;
        try
        {
            (isWell, text) = await look(either.Token);
        }
        catch (OperationCanceledException)
        {
            (isWell, text) = (false, around.Stop.IsCancellationRequested
                ? "Stopped by the user."
                : late?.Invoke() ?? $"Nothing came within {patience.TotalSeconds} s (--timeout). "
                    + "Does a firewall drop what is sent, or is the broker overloaded?");
        }

        Tell(new Finding(step, isWell, text, Time.GetElapsedTime(begin)));
        return isWell;
    }

    /// <summary>Lets a producer of its own connect to one server.</summary>
    /// <returns>Why it cannot, in the producer's words; null = it can.</returns>
    public async Task<KafkaException?> ConnectAsync(KafkaProducerOptions options, Server server)
    {
        await using var producer = new KafkaProducer(options with { BootstrapServers = [server.Text] });
        return await ConnectAsync(producer);
    }

    /// <summary>Lets a producer connect.</summary>
    /// <inheritdoc cref="ConnectAsync(KafkaProducerOptions, Server)"/>
    public async Task<KafkaException?> ConnectAsync(KafkaProducer producer)
    {
        try
        {
            using var limit = new CancellationTokenSource(patience, around.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, around.Stop);
            await producer.ConnectAsync(either.Token);
            return null;
        }
        catch (KafkaException fault)
        {
            return fault;
        }
        catch (OperationCanceledException)
        {
            return new KafkaException($"No answer within {patience.TotalSeconds} s (--timeout).");
        }
    }
}
