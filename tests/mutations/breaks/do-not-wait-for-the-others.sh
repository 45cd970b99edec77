says 'After a failure the lane sends again while its other requests are still under way.'
laws 'FullyQualifiedName~LateAnswerTests'
replace Lanes/LaneGate.cs '(_whenIdle & WhenIdle.HoldsBack) != 0' '(_whenIdle & WhenIdle.Move) != 0'
