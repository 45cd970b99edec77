says 'A purge unlinks a record from the line that it has just left for another one.'
laws 'FullyQualifiedName~WaitingRecordsStressTests'
replace Batching/WaitingRecords.cs '            // One that is placed now ends if it cannot be; one that changed lines meanwhile ends in the other.
            TryEnd(waiting, error);' '            if (waiting.TryGiveUp(error))
            {
                Unlink(waiting.Node!);
                EndGivenUp(waiting);
            }'
