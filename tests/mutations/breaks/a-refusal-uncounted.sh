says 'A record that is refused while it stands in line is in no counter.'
laws 'FullyQualifiedName~RefusalTests'
replace Batching/WaitingRecords.cs '        _context.Events.Refused(error.Code);
' ''
