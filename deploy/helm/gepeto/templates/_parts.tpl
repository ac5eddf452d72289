{{/* Labels of everything; of one role when the context has one. */}}
{{- define "gepeto.labels" -}}
app.kubernetes.io/name: gepeto
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}
