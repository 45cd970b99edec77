says 'Each record that a flush covers, and that comes from its topic line, goes in a batch of its own.'
laws 'FullyQualifiedName~FlushTests'
replace Batching/PartitionChannel.cs '            result = Place(ref _open, ref offer, mayOpen, mayJoin: false);
' '            result = Place(ref _open, ref offer, mayOpen, mayJoin: false);
            if (offer.Waiting is not null && _open is not null && _context.Flushes.IsFlushing(_open.Generation))
            {
                offer.Notice |= Close(ref _open);
            }

'
