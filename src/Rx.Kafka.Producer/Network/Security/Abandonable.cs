namespace Rx.Kafka.Network.Security;

/// <summary>
/// Waits for a user's function, or gives up when the token says so: a function that does not heed its token is not waited for. What it
/// returns too late is dropped. (<see cref="Task.WaitAsync(CancellationToken)"/> would go on where the function completes.)
/// </summary>
internal static class Abandonable
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> function, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var givingUp = cancellationToken.UnsafeRegister(
            static (self, token) => ((TaskCompletionSource<T>)self!).TrySetCanceled(token), result);
        _ = CallAsync(function, result, cancellationToken);
        return await result.Task;
    }

    private static async Task CallAsync<T>(
        Func<CancellationToken, ValueTask<T>> function, TaskCompletionSource<T> result, CancellationToken cancellationToken)
    {
        try
        {
            result.TrySetResult(await function(cancellationToken));
        }
        catch (Exception e)
        {
            result.TrySetException(e);
        }
    }
}
