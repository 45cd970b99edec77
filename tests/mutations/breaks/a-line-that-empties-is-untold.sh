says 'Records without key are not told that the line of a partition has emptied.'
laws 'FullyQualifiedName~BufferPoolServingTests'
replace Memory/BufferPool.cs '            TryReleaseReserved(partition);
            _queue.Serve(ref news);' '            news.IsFreed = TryReleaseReserved(partition);
            _queue.Serve(ref news);'
