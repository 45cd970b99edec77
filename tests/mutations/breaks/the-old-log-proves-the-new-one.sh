says 'A late success of a topic'\''s old log counts as a proof on the one that was made anew.'
laws 'FullyQualifiedName~RecreatedTopicTests'
replace Lanes/LaneGate.cs '(_whenIdle & WhenIdle.AllowProof) == 0' '_whenIdle >= WhenIdle.None'
