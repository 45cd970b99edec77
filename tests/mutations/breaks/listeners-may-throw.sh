says 'What a listener to metrics throws reaches the loop that measures.'
laws 'FullyQualifiedName~ThrowingListenerTests.A_listener_to_metrics'
replace Diagnostics/ListenerGuard.cs '                counter.Add(value, tags);
            }
            catch (Exception e)
            {' '                counter.Add(value, tags);
            }
            catch (Exception e) when (e is OutOfMemoryException)
            {'
