says 'Each answer looks at every partition of every topic.'
laws 'FullyQualifiedName~ManyTopicsTests'
replace Metadata/TopicState.cs 'if (ReferenceEquals(_publishedFor, brokers))' 'if (ReferenceEquals(brokers, this))'
