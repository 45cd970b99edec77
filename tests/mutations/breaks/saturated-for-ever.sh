says 'The loop says that it can send nothing more, although it can, so nobody wakes it.'
laws 'FullyQualifiedName~FaultFreeTests.A_full_batch'
replace Sending/BrokerSender.cs '        IsSaturated = !connection.CanSend || _permits.CurrentCount == 0;' '        IsSaturated = true;'
