says 'Memory that a cancelled serializer may still write to serves another record.'
laws 'FullyQualifiedName~TypedTopicTests'
replace KafkaProducer.Typed.cs '            throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);' '            buffer.Return();
            throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);'
