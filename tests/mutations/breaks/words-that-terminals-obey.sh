says 'The words of a broker come in as they are.'
laws 'FullyQualifiedName~AdvertisedAddressTests'
replace Protocol/KafkaReader.cs 'PeerText.OneLine(Encoding.UTF8.GetString(bytes), longest)' 'Encoding.UTF8.GetString(bytes)'
