using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>What was found of a broker's certificate in one handshake: whether it is taken, and if not, why.</summary>
/// <param name="host">Who it must be for.</param>
/// <param name="checksHost">Whether that matters.</param>
/// <param name="trusted">Whom we trust, in words.</param>
internal sealed class PeerCertificate(string host, bool checksHost, string trusted)
{
    private const int MostShown = 120;

    /// <summary>Why it is refused, and the remedy; null = it was not.</summary>
    public string? Fault { get; private set; }

    /// <summary>The verdict on a certificate; the framework has checked it, but for the chain's rules that it was given.</summary>
    public bool IsTaken(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (!checksHost)
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        Fault = errors == SslPolicyErrors.None ? null : Explain(certificate as X509Certificate2, chain, errors);
        return Fault is null;
    }

    private string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it shows no certificate";
        }

        // Trust first: what an untrusted certificate says of itself is worth nothing.
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? ChainFault(certificate, chain)
            : $"its certificate is for {Names(certificate)}, not for {host}; connect by a name that it has, have one made for "
                + "this host, or see TlsOptions.ChecksHostName (ssl.endpoint.identification.algorithm)";
    }

    private string ChainFault(X509Certificate2 certificate, X509Chain? chain)
    {
        var found = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status)
            ?? X509ChainStatusFlags.PartialChain;
        if ((found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            var issuer = PeerText.OneLine(certificate.Issuer, MostShown);
            return $"its certificate is not of an authority in {trusted}: it is of {issuer}. If that is yours, give the root certificate "
                + "as CaFile (ssl.truststore.location, ssl.ca.location)";
        }

        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return $"its certificate is valid from {Date(certificate.NotBefore)} to {Date(certificate.NotAfter)} only, or one of its "
                + "authorities is out of date; renew it, and look at this machine's clock";
        }

        return $"its certificate is not valid: {string.Join("; ", chain!.ChainStatus.Select(static one => one.StatusInformation.Trim()))}";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(static address => address.ToString()));
        }

        return PeerText.OneLine(names.Count > 0 ? string.Join(", ", names) : certificate.Subject, MostShown);
    }

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
