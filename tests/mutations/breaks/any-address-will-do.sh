says 'An answer in which no broker has an address that can be is content.'
laws 'FullyQualifiedName~AdvertisedAddressTests'
replace Metadata/MetadataRefresh.cs 'static broker => broker.IsUsable) ? null' 'static _ => true) ? null'
