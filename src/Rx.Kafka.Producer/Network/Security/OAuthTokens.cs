namespace Rx.Kafka.Network.Security;

/// <summary>
/// The token that all connections of a client share. It is asked for when a connection is made, one at a time; after 80 % of its time
/// early, so that a failure then does no harm. Any thread.
/// </summary>
internal sealed class OAuthTokens
{
    private const double UsedUp = 0.8;

    private readonly Lock _lock = new();
    private readonly Func<CancellationToken, ValueTask<OAuthToken>> _source;
    private readonly TimeProvider _time;
    private OAuthToken? _token;
    private DateTimeOffset _renewAt;
    private Task<OAuthToken>? _asking;

    public OAuthTokens(Func<CancellationToken, ValueTask<OAuthToken>> source, TimeProvider time)
    {
        _source = source;
        _time = time;
    }

    /// <summary>A token that is good now.</summary>
    public async Task<OAuthToken> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryGetAsync(cancellationToken) is { } token)
            {
                return token;
            }
        }
    }

    /// <returns>Null when somebody else was asking and gave up: that is no answer for those who have not.</returns>
    private async Task<OAuthToken?> TryGetAsync(CancellationToken cancellationToken)
    {
        Task<OAuthToken> asking;
        OAuthToken? old;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_token is not null && now < _renewAt)
            {
                return _token;
            }

            old = _token?.ExpiresAt > now ? _token : null;
        }

        // Not under the lock: the source is the user's. Who asks beside another that is asking waits for the other's answer.
        var mine = new TaskCompletionSource<OAuthToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            asking = _asking ??= mine.Task;
        }

        if (asking == mine.Task)
        {
            _ = AskAsync(mine, cancellationToken);
        }

        try
        {
            return await Abandonable.RunAsync(_ => new ValueTask<OAuthToken>(asking), cancellationToken);
        }
        catch (Exception) when (old is not null && !cancellationToken.IsCancellationRequested)
        {
            // It was asked for early: the old one is still good.
            return old;
        }
        catch (OperationCanceledException) when (asking.IsCanceled && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A broker refused a token: the next connection asks for another one.</summary>
    public void Refused(OAuthToken token)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_token, token))
            {
                _token = null;
            }
        }
    }

    private async Task AskAsync(TaskCompletionSource<OAuthToken> answer, CancellationToken cancellationToken)
    {
        try
        {
            var token = await Abandonable.RunAsync(_source, cancellationToken);
            var now = _time.GetUtcNow();
            if (OAuthTokenRules.Fault(token, now) is { } fault)
            {
                throw new SaslFault(fault);
            }

            lock (_lock)
            {
                _token = token;
                _renewAt = now + ((token.ExpiresAt - now) * UsedUp);
                _asking = null;
            }

            answer.TrySetResult(token);
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _asking = null;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                // Who waits with it asks again.
                answer.TrySetCanceled(cancellationToken);
                return;
            }

            answer.TrySetException(e);
            _ = answer.Task.Exception; // observed: all who waited may have given up
        }
    }
}

/// <summary>What a token must be to be sent.</summary>
internal static class OAuthTokenRules
{
    /// <summary>What is wrong with it, without its value; null = nothing.</summary>
    public static string? Fault(OAuthToken? token, DateTimeOffset now) =>
        token is null ? "the function returned null instead of a token"
        : string.IsNullOrEmpty(token.Value) ? "the token is empty"
        : token.Value.AsSpan().ContainsAnyExceptInRange('!', '~') ? "the token holds characters other than printable ASCII"
        : token.ExpiresAt <= now ? string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"the token has ended at {token.ExpiresAt:O}, and it is {now:O}; get a new one, or mend the clock")
        : token.Extensions.Keys.FirstOrDefault(static key => key is "auth" || key.Length == 0 || !key.All(char.IsAsciiLetter)) is { } name
            ? $"the extension '{name}' is named as none can be: letters only, and not auth"
        : token.Extensions.Any(static pair => pair.Value is null || pair.Value.AsSpan().ContainsAnyExcept(Allowed))
            ? "an extension's value holds characters other than printable ASCII, blank and tab"
        : null;

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static code => (char)code), '\t', '\r', '\n']);
}
