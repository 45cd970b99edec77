says 'Certificates are loaded once, and a file that has changed is not seen.'
laws 'FullyQualifiedName~TlsMaterialTests'
replace Network/Security/TlsMaterial.cs 'last is not null && sources.AreSameAs(last._sources)' 'last is not null'
