says 'What is queued after a failed record of a halting sink is sent all the same.'
laws 'FullyQualifiedName~HaltTests|FullyQualifiedName~ProducerSinkTests'
replace Lanes/LaneOutcomes.Halt.cs '        if (!_hasHalted)' '        if (_hasHalted || !_hasHalted)'
