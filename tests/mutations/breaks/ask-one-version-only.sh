says 'A peer that closes the connection on ApiVersions is not asked again with less.'
laws 'FullyQualifiedName~HandshakeFallbackTests'
replace Network/HandshakeVersions.cs '        version = Below(version);
        return true;' '        return false;'
