says 'Large records are copied under the gate, so small ones wait for them.'
laws 'FullyQualifiedName~A_small_record_is_placed_while_a_large_one_is_copied'
replace Batching/PartitionChannel.cs 'LargestCopyUnderGate = 4096' 'LargestCopyUnderGate = int.MaxValue'
