says 'Each look that comes late puts off what is over once more, so on a busy machine nothing ever is.'
laws 'FullyQualifiedName~PunctualLookTests'
replace Concurrency/PunctualLook.cs 'else if (_pausesInARow++ < MostPauses)' 'else'
