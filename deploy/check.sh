#!/usr/bin/env bash
# Checks what can be checked of deploy/ without Docker, Kubernetes or a network, with what is installed. Installs nothing, says what
# it left out, and ends with 1 where something is wrong. ./test runs it.
#
# For everything: apt-get install systemd shellcheck golang-go golang-github-masterminds-sprig-dev (or Helm), and Docker with Compose.
set -uo pipefail
cd "$(dirname "$(readlink -f -- "${BASH_SOURCE[0]}")")" || exit 1
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
wrong=0

# check NAME COMMAND...
check() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "$name: good"
  else
    printf '%s: wrong\n%s\n' "$name" "$said"
    wrong=1
  fi
}

left_out() { echo "$1: not checked, there is no $2 here"; }

unit() {
  # The program is where it is installed later. A warning is as bad as an error.
  sed 's|^ExecStart=.*|ExecStart=/bin/true|' 'systemd/musecluster-silo@.service' >"$temporary/musecluster-silo@.service"
  systemd-analyze verify "$temporary/musecluster-silo@.service" >"$temporary/said" 2>&1 && [ ! -s "$temporary/said" ] && return
  cat "$temporary/said"
  return 1
}
if command -v systemd-analyze >/dev/null; then check 'systemd unit' unit; else left_out 'systemd unit' systemd-analyze; fi

for script in check.sh docker/healthy.sh; do
  check "$script" bash -n "$script"
  ! command -v shellcheck >/dev/null || check "$script, shellcheck" shellcheck -S warning "$script"
done

render=()
if command -v helm >/dev/null; then
  render=(helm template test)
elif command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/Masterminds/sprig ]; then
  export GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=${GOCACHE:-${HOME:-/tmp}/.cache/go-build}
  check 'chart renderer' go build -o "$temporary/render" check/render.go
  render=("$temporary/render")
fi
chart() {
  local values=()
  [ "${render[0]}" != helm ] || values=(-f)
  "${render[@]}" helm/musecluster "${values[@]}" "check/values.$1.yaml" >"$temporary/$1.yaml" && grep -q '^kind: Deployment$' "$temporary/$1.yaml"
}
without_connections() { ! "${render[@]}" helm/musecluster >/dev/null 2>"$temporary/error" && grep -q 'connections.mesh is missing' "$temporary/error"; }
if [ ${#render[@]} -gt 0 ]; then
  check 'chart, small' chart small
  check 'chart, large' chart large
  check 'chart, Orleans' chart orleans
  check 'chart without connections' without_connections
  # For who wants to see them, or to check them further.
  [ -z "${RENDERED:-}" ] || cp "$temporary"/{small,large,orleans}.yaml "$RENDERED"
else
  left_out 'chart templates' 'Helm, and no Go with sprig'
fi

compose() { docker compose --env-file <(sed 's/PASSWORD=$/PASSWORD=x/' .env.example) -f compose.yaml config -q; }
if docker compose version >/dev/null 2>&1; then check compose.yaml compose; else left_out 'compose.yaml against its schema' 'Docker Compose'; fi

exit $wrong
