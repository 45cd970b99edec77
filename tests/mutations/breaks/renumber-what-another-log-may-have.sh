says 'With a batch that gets new numbers, a later one gets them too that the log of the topic made anew may have.'
laws 'FullyQualifiedName~RecreatedTopicTests'
replace Lanes/LaneNumbers.cs '{ IsWaiting: true, MayBeOnOtherLog: false }' '{ IsWaiting: true }'
