says 'The loop takes its "saturated" mark off after it looked at the ring, not before.'
laws 'FullyQualifiedName~FaultTests|FullyQualifiedName~FaultFreeTests|FullyQualifiedName~ConnectionTests'
replace Sending/BrokerSender.cs '        IsSaturated = !_connection.CanSend || _permits.CurrentCount == 0;' '        IsSaturated = true;'
