says 'Elements of which no record is made are pushed without bound.'
laws 'FullyQualifiedName~PushedElementsTests'
replace Operators/PendingElement.cs 'public bool HasNoRecord => Owed == 1;' 'public bool HasNoRecord => Owed == 0;'
