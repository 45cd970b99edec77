says 'What a serializer wrote before it answered null for a key stays, in front of the value.'
laws 'FullyQualifiedName~SerializationBufferTests'
replace Serialization/SerializationBuffer.cs '_written = isThere ? _written : 0;' ''
