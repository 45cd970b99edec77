says 'A certificate of an authority that is not trusted is taken.'
laws 'FullyQualifiedName~TlsHandshakeTests'
replace Network/Security/PeerCertificate.cs '        Fault = errors == SslPolicyErrors.None ? null' '        Fault = (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None ? null'
