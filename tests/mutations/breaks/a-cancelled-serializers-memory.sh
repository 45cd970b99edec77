says 'Memory that a cancelled serializer may still write to serves another record.'
laws 'FullyQualifiedName~TypedTopicTests'
replace KafkaProducer.Typed.cs '=>
        await Send(topic, await encoding, buffer, cancellationToken);' '{
        try { return await Send(topic, await encoding, buffer, cancellationToken); } finally { buffer.Return(); }
    }'
