says 'A continued line of a properties file keeps the blanks it begins with.'
laws 'FullyQualifiedName~PropertiesTextTests'
replace Options/PropertiesText.cs 'line += TrimStart(next);' 'line += next;'
