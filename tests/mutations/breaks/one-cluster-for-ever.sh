says 'Nobody looks whether the brokers still belong to the same cluster.'
laws 'FullyQualifiedName~OtherClusterTests'
replace Sending/LeaderRouter.cs '&& _clusterId != snapshot.ClusterId' '&& _clusterId.Length + snapshot.ClusterId.Length < 0'
