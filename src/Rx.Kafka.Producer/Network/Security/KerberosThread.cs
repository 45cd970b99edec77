namespace Rx.Kafka.Network.Security;

/// <summary>
/// The system's Kerberos library blocks while it asks a KDC, for half a minute if that is silent. So it is asked on a thread of its own,
/// for one connection of a client at a time; who gives up leaves that thread behind, and the next one waits for it. Any thread.
/// </summary>
internal sealed class KerberosThread
{
    private readonly Lock _lock = new();
    private Task<byte[]> _asking = Task.FromResult<byte[]>([]);

    /// <summary>Runs a question when no other is being asked.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task<byte[]> AskAsync(Func<byte[]> question, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<byte[]> asking;
            bool isMine;
            lock (_lock)
            {
                isMine = _asking.IsCompleted;
                if (isMine)
                {
                    _asking = Task.Factory.StartNew(
                        question,
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                        TaskScheduler.Default);
                }

                asking = _asking;
            }

            try
            {
                var answer = await Abandonable.RunAsync(_ => new ValueTask<byte[]>(asking), cancellationToken);
                if (isMine)
                {
                    return answer;
                }
            }
            catch (SaslFault) when (!isMine)
            {
                // Another connection's; now it is our turn.
            }
        }
    }
}
