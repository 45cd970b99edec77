says 'Dispose refuses the records of callers that wait for observers.'
laws 'FullyQualifiedName~RefusalTests'
replace Sinks/SinkInput.cs ', CameBeforeDispose = admission.TakesNoMoreBy is null }' ' }'
