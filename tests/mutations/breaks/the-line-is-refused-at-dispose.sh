says 'Dispose refuses at once what stands in line.'
laws 'FullyQualifiedName~RefusalTests'
replace ProducerCore.PurgeAndClose.cs 'Admission.TakeNoMore(AdmissionContext.Closed);' 'Admission.Close(AdmissionContext.Closed);'
