says 'After a standstill requests and batches time out before anything is read.'
laws 'FullyQualifiedName~StandstillTests|FullyQualifiedName~BrokerLinkTests'
replace Concurrency/PunctualLook.cs 'time.After(_askedFor, Late) >= now' 'now >= _askedFor'
