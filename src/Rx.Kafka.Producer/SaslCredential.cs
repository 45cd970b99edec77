namespace Rx.Kafka;

/// <summary>A user and the password, or a delegation token. <see cref="ToString"/> does not show the password.</summary>
/// <param name="UserName">The user, or the id of a delegation token; not empty.</param>
/// <param name="Password">The password, or the HMAC of a delegation token (as <c>kafka-delegation-tokens.sh</c> prints it); not
/// empty.</param>
public sealed record SaslCredential(string UserName, string Password)
{
    /// <summary>Whether this is a delegation token (<c>tokenauth</c>), which only SCRAM takes. Default false.</summary>
    public bool IsDelegationToken { get; init; }

    /// <summary>What is wrong with it, without a value; null = nothing.</summary>
    internal string? Fault =>
        string.IsNullOrEmpty(UserName) ? "the user name is empty"
        : string.IsNullOrEmpty(Password) ? "the password is empty"
        : UserName.Contains('\0', StringComparison.Ordinal) || Password.Contains('\0', StringComparison.Ordinal)
            ? "user name or password holds the character NUL, which ends a text in SASL; take it out"
        : null;

    /// <summary>The user, without the password.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{nameof(SaslCredential)} {{ UserName = {UserName} }}";
}
