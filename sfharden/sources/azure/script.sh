#!/bin/sh
# Asks Azure by the Azure CLI what `sfharden check --azure` would ask, and changes nothing: each command is a GET that Reader may do.
# One file an answer, with standard error and exit status kept; @INTO@/asked.json tells which file answers what.
# Read it, run it after `az login`, then: sfharden check --azure-exports @INTO@ -i FILE
set -u
umask 077
export AZURE_CORE_NO_COLOR=1 AZURE_CORE_ONLY_SHOW_ERRORS=1 MSYS_NO_PATHCONV=1
into=${1:-@INTO@}
mkdir -p "$into" && cd "$into" || exit 2
rm -f ./*~[0-9]*.json ./*~[0-9]*.err ./asked.json ./asked.lines
number=0
seen='
'
nl='
'
set -f # ids are texts: no file names are made of them
IFS=$nl
finish() {
  test -f asked.lines || : >asked.lines
  {
    printf '{"sfharden_azure_answers": 1, "at": "%s", "cloud": "%s", "asked": [\n' "$at" "$cloud"
    sed '$!s/$/,/' asked.lines
    printf ']}\n'
  } >asked.json
  rm -f asked.lines
}
quoted() { printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'; }
note() { # question, about, number, exit status
  printf '{"question": "%s", "about": "%s", "file": "%s~%s.json", "stderr_file": "%s~%s.err", "exit_status": %s}\n' \
    "$1" "$(quoted "$2")" "$1" "$3" "$1" "$3" "$4" >>asked.lines
}
get() { # question, about, url: one answer and its further pages
  url=$3
  pages=0
  while test -n "$url" && test "$pages" -lt 200; do
    number=$((number + 1))
    pages=$((pages + 1))
    status=0
    az rest --method get --url "$url" -o json >"$1~$number.json" 2>"$1~$number.err" </dev/null || status=$?
    note "$1" "$2" "$number" "$status"
    test "$status" -eq 0 || failed="$failed$1 of $2 ($1~$number.err)$nl"
    url=
    test "$status" -eq 0 || return 0
    next=$(sed -n 's/^  "nextLink": "\(.*\)",\{0,1\}$/\1/p' "$1~$number.json" | head -n 1)
    case $next in "$arm"/*) url=$next ;; esac
  done
}
ask() { # question, about, what stands after the id, version, filter: each once
  case $seen in *"$nl$1 $2$nl"*) return 0 ;; esac
  seen="$seen$1 $2$nl"
  get "$1" "$2" "$2$3?api-version=$4${5:+&$5}"
}
each() { # path in JMESPath, id: the texts there
  az rest --method get --url "$2" --query "$1" -o tsv 2>/dev/null </dev/null | tr -d '\r' | grep -E '^/[^?#&%"\\[:space:]]+$' | sort -u
}
group_of() { printf '%s' "$1" | sed 's#^\(/[^/]*/[^/]*/[^/]*/[^/]*\)/.*#\1#'; }
subscription_of() { printf '%s' "$1" | sed 's#^\(/[^/]*/[^/]*\)/.*#\1#'; }
around() { # what holds for all of a group and a subscription
  about_group "$(group_of "$1")"
  about_subscription "$(subscription_of "$1")"
}
logs_of() { # where the logs of a resource go to
  settings="$1/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview"
  for one in $(each 'value[].properties.workspaceId' "$settings"); do about_workspace "$one"; done
  for one in $(each 'value[].properties.storageAccountId' "$settings"); do about_storage "$one"; done
}
@ABOUT@
workflow() {
  about_workflow "$1"
  case $seen in *"$nl""workflow-events $1$nl"*) ;; *)
    seen="$seen""workflow-events $1$nl"
    get workflow-events "$1" "$(subscription_of "$1")/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&\$filter=eventTimestamp ge '$since' and resourceUri eq '$1'"
    ;;
  esac
  around "$1"
  logs_of "$1"
  for found in $(each 'properties.parameters."$connections".value.*.connectionId' "$1?api-version=2019-05-01"); do
    connection "$found"
  done
}
connection() {
  about_connection "$1"
  around "$1"
}
site() {
  about_site "$1"
  around "$1"
  logs_of "$1"
}
app() {
  case $1 in
    */[Mm]icrosoft.[Ww]eb/[Ss]ites/*) site "$1" ;;
    *) workflow "$1" ;;
  esac
}
list() { # provider and type, version, JMESPath of ids
  each "$3" "$subscription/providers/$1?api-version=$2"
}
failed=
arm=$(az cloud show --query endpoints.resourceManager -o tsv 2>/dev/null </dev/null | tr -d '\r' | sed 's#/$##')
cloud=$(az cloud show --query name -o tsv 2>/dev/null </dev/null | tr -d '\r' | tr -cd 'A-Za-z0-9')
test -n "$arm" || arm=https://management.azure.com
at=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
since=$(date -u -d '89 days ago' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v-89d +%Y-%m-%dT%H:%M:%SZ)
trap finish EXIT
trap 'exit 130' INT TERM
@WHAT@
if test -n "$failed"; then
  printf 'Not answered (no lifecycle policy is an answer, too: sfharden reads why):\n%s' "$failed" >&2
fi
test "$number" -gt 0 || { printf 'Nothing was found to ask about.\n' >&2; exit 1; }
printf '%s answers in %s\n' "$number" "$into" >&2
