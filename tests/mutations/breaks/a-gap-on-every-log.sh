says 'A gap counts for an unclear batch, whichever log may have it.'
laws 'FullyQualifiedName~LaneNumbersTests'
replace Lanes/LaneNumbers.cs '{ Numbers: { } numbers, MayBeOnOtherLog: false }' '{ Numbers: { } numbers }'
