{{/* What all objects' names start with: the release, and the chart where the release does not say it. */}}
{{- define "musecluster.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "musecluster.secret" -}}
{{- .Values.connections.existingSecret | default (include "musecluster.name" .) -}}
{{- end -}}

{{- define "musecluster.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "musecluster.name" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "musecluster.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "musecluster.labels" -}}
{{ include "musecluster.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The roles that are enabled, each with its defaults filled in, as YAML. */}}
{{- define "musecluster.roles" -}}
{{- $all := dict -}}
{{- range $name, $role := .Values.roles -}}
{{- $full := mergeOverwrite (deepCopy $.Values.roleDefaults) (deepCopy (default dict $role)) -}}
{{- if $full.enabled -}}
{{- if not $full.serves -}}
{{- fail (printf "roles.%s.serves is empty, expected some of text, base, superres, pixels, gateway" $name) -}}
{{- end -}}
{{- $_ := set $full "models" ($full.models | default $.Values.models) -}}
{{- $_ := set $all $name $full -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}
