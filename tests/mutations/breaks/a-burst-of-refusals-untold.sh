says 'With a small window a burst of refused records is not told to observers that are well.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/DeliveryWindow.cs 'Math.Max((long)maximum * Widest, Burst)' '(long)maximum * Widest'
