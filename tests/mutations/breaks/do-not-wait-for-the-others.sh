says 'After a failure the lane sends again while its other requests are still under way.'
laws 'FullyQualifiedName~LateAnswerTests'
replace Lanes/PartitionLane.cs '(_isHeld && _inFlight > 0)' '(_isHeld && _inFlight > 1000)'
