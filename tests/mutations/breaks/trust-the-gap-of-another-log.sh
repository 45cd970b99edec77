says 'A gap of the old log proves that a batch in flight is not on the log of the topic that was made anew.'
laws 'FullyQualifiedName~RecreatedTopicTests'
replace Lanes/LaneActions.cs ' && (provesAbsence || delivery.Voucher != Voucher.Nobody)' ''
