says 'An idle topic is dropped when the cluster is asked, whether or not anybody answers.'
laws 'FullyQualifiedName~TopicUseTests'
replace Metadata/MetadataRefresh.cs '        var exchange = new Exchange(' '        DropIdle(now);
        var exchange = new Exchange('
