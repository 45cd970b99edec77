says 'A typed record that stands in line keeps memory that the next one is serialized into.'
laws 'FullyQualifiedName~TypedTopicTests'
replace Batching/WaitingRecord.cs 'offer.IsBorrowed ? offer.Record.WithMemoryOfItsOwn() : offer.Record' 'offer.Record'
