says 'A record is linked into its line before it stands there, so the drainer may strike out one that is just joining.'
laws 'FullyQualifiedName~WaitingRecordsStressTests'
replace Batching/WaitingRecords.cs '            if (!waiting.TryStand())
            {
                return false;
            }

            _line.AddLast(node);
            _maxBlock.Joined(waiting);
            Volatile.Write(ref _count, _line.Count);
            return true;
        }
' '            _line.AddLast(node);
            _maxBlock.Joined(waiting);
            Volatile.Write(ref _count, _line.Count);
        }

        // As if the thread lost the processor here, which it seldom does in a run.
        Thread.Yield();
        if (waiting.TryStand())
        {
            return true;
        }

        Unlink(node);
        return false;
'
