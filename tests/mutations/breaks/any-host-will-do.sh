says 'The host name in a broker certificate is never checked.'
laws 'FullyQualifiedName~TlsHandshakeTests'
replace Network/Security/PeerCertificate.cs '        if (!checksHost)
' '        if (!checksHost || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
'
