says 'With a small window a burst of refused records is not told to observers that are well.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/DeliveryWindow.cs 'Math.Max((long)context.MaxUnobserved * Widest, Burst)' '(long)context.MaxUnobserved * Widest'
