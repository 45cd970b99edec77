says 'A broker that asks to be left alone for a while is not.'
laws 'FullyQualifiedName~ConnectionTests'
replace Sending/BrokerSender.cs 'if (now < _link.Throttle.Until)' 'if (now < long.MinValue)'
