says 'A gap in the numbers on a topic'\''s old log counts on the one that was made anew.'
laws 'FullyQualifiedName~RegressionTests'
replace Lanes/LaneNumbers.cs 'ForgetGap() => _gapAt = NoGap;' 'ForgetGap() => _gapAt += 0;'
