namespace Rx.Kafka;

/// <summary>How a client proves who it is (<c>sasl.mechanism</c>).</summary>
public enum SaslMechanism
{
    /// <summary>User and password as they are (RFC 4616): over TLS only, for anybody on the way can read them.</summary>
    Plain,

    /// <summary>SCRAM-SHA-256 (RFC 7677): user and password, which never travels; the broker proves that it knows it too.</summary>
    ScramSha256,

    /// <summary>SCRAM-SHA-512: the same with the longer hash.</summary>
    ScramSha512,

    /// <summary>OAUTHBEARER (RFC 7628): a token that somebody else has issued.</summary>
    OAuthBearer,

    /// <summary>GSSAPI (RFC 4752): Kerberos, with the tickets of the operating system.</summary>
    Gssapi,
}
