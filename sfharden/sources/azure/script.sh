#!/bin/sh
# Asks Azure by the Azure CLI what `sfharden check --azure` would ask, and changes nothing: each command is a GET that Reader may do.
# One file an answer, with standard error and exit status kept; asked.json in the folder tells which file answers what.
# Read it, run it after `az login`, then: sfharden check --azure-exports @INTO@ -i FILE
set -u
umask 077
export AZURE_CORE_NO_COLOR=1 AZURE_CORE_ONLY_SHOW_ERRORS=1 MSYS_NO_PATHCONV=1
stop() { # before anything is written: nothing can be asked
  printf '%s\n' "$1" >&2
  exit 2
}
command -v az >/dev/null 2>&1 || stop 'The Azure CLI (az) is not installed here, or not on the PATH: nothing was asked.'
own=$(az account show --query id -o tsv 2>/dev/null </dev/null | tr -d '\r' | tr -cd 'A-Za-z0-9-')
test -n "$own" || stop 'The Azure CLI is not signed in: nothing was asked. Run az login, then this again.'
into=${1:-@INTO@}
mkdir -p "$into" && cd "$into" || exit 2
rm -f ./*~[0-9]*.json ./*~[0-9]*.err ./asked.json ./asked.lines ./asked.urls
nl='
'
set -f # ids are texts: no file names are made of them
IFS=$nl
number=0
unanswered=0
status=0
failed=
seen=$nl
refused=$nl
finish() {
  touch asked.lines
  {
    printf '{"sfharden_azure_answers": 1, "at": "%s", "cloud": "%s", "subscription": "%s", "asked": [\n' "$at" "$cloud" "$own"
    sed '$!s/$/,/' asked.lines
    printf ']}\n'
  } >asked.json
  rm -f asked.lines asked.urls
}
quoted() { printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'; }
folded() { printf '%s %s' "$1" "$2" | tr 'A-Z' 'a-z'; } # ids are the same in any case
once() { # a word and what about it: false the second time
  this=$(folded "$1" "$2")
  case $seen in *"$nl$this$nl"*) return 1 ;; esac
  seen="$seen$this$nl"
}
was_refused() { case $refused in *"$nl$(folded "$1" "$2")$nl"*) return 0 ;; esac; return 1; }
note() { # question, about, path, query, number, exit status
  printf '{"question": "%s", "about": "%s", "path": "%s", "query": "%s", "file": "%s~%s.json", "stderr_file": "%s~%s.err", "exit_status": %s}\n' \
    "$1" "$(quoted "$2")" "$(quoted "$3")" "$(quoted "$4")" "$1" "$5" "$1" "$5" "$6" >>asked.lines
}
get() { # question, about, path, version, query, JMESPath: one answer and its further pages
  url="$3?api-version=$4${5:+&$5}"
  pages=0
  while test -n "$url" && test "$pages" -lt 200; do
    number=$((number + 1))
    pages=$((pages + 1))
    status=0
    az rest --method get --url "$url" ${6:+--query "$6"} -o json >"$1~$number.json" 2>"$1~$number.err" </dev/null || status=$?
    note "$1" "$2" "$3" "$5" "$number" "$status"
    printf '%s %s %s\n' "$1" "$2" "$url" >>asked.urls
    if test "$status" -ne 0; then
      unanswered=$((unanswered + 1))
      failed="$failed$1 of $2 ($1~$number.err)$nl"
      refused="$refused$(folded "$1" "$2")$nl"
      return 0
    fi
    url=
    next=$(tr -d '\r' <"$1~$number.json" | sed -n 's/^  "nextLink": "\(.*\)",\{0,1\}$/\1/p' | head -n 1)
    case $next in "$arm"/*) url=$next ;; esac
  done
}
ask() { # question, about, path, version, query: each once
  once "$3" "${5:-}" && get "$1" "$2" "$3" "$4" "${5:-}" ""
}
each() { # JMESPath, address: the ids there
  az rest --method get --url "$2" --query "$1" -o tsv 2>/dev/null </dev/null | tr -d '\r' | grep -E '^/[^?#&%"\\[:space:]]+$' | sort -u
}
rows() { # question, about, JMESPath: the ids in a list that was asked, page by page
  for page in $(grep -F "$1 $2 " asked.urls | cut -d ' ' -f 3-); do each "$3" "$page"; done | sort -u
}
group_of() { printf '%s' "$1" | sed 's#^\(/[^/]*/[^/]*/[^/]*/[^/]*\)/.*#\1#'; }
subscription_of() { printf '%s' "$1" | sed 's#^\(/[^/]*/[^/]*\)/.*#\1#'; }
@ABOUT@
settings() { # question, about, version: what logs are sent, and what there is where they go
  ask "$1" "$2" "$2/providers/Microsoft.Insights/diagnosticSettings" "$3"
  ask log-categories "$2" "$2/providers/Microsoft.Insights/diagnosticSettingsCategories" 2021-05-01-preview
  for one in $(rows "$1" "$2" 'value[].properties.workspaceId'); do about_workspace "$one"; done
  for one in $(rows "$1" "$2" 'value[].properties.storageAccountId'); do about_storage "$one"; done
}
roles() { # question, about: the roles that its rows name, and the logs of management groups above
  for role in $(rows "$1" "$2" 'value[].properties.roleDefinitionId'); do about_role "$role"; done
  for above in $(rows "$1" "$2" 'value[].properties.scope' | grep -i '^/providers/Microsoft.Management/managementGroups/'); do
    settings management-group-diagnostics "$above" 2020-01-01-preview
  done
}
rights() { # once a group; where that is refused, of each resource
  group=$(group_of "$1")
  if once rights "$group"; then
@RIGHTS@
    roles group-roles "$group"
    roles group-eligible "$group"
  fi
  for kind in roles denials; do
    if was_refused "group-$kind" "$group"; then
      case $kind in
        roles) below=roleAssignments ;;
        *) below=denyAssignments ;;
      esac
      ask "resource-$kind" "$1" "$1/providers/Microsoft.Authorization/$below" 2022-04-01 '$filter=atScope()'
      roles "resource-$kind" "$1"
    fi
  done
}
subscription() {
  if once subscription "$1"; then
    about_subscription "$1"
    settings subscription-diagnostics "$1" 2021-05-01-preview
  fi
}
around() { # what holds for a group and a subscription
  rights "$1"
  subscription "$(subscription_of "$1")"
  for kind in workflows sites connections; do
    was_refused "subscription-$kind" "$(subscription_of "$1")" && about_group "$(group_of "$1")"
  done
}
workflow() {
  once workflow "$1" || return 0
  about_workflow "$1"
  get workflow-events "$1" "$(subscription_of "$1")/providers/Microsoft.Insights/eventtypes/management/values" 2015-04-01 \
    "\$filter=eventTimestamp ge '$since' and resourceUri eq '$1'&\$select=eventDataId,eventTimestamp,operationName,resourceId,status" ""
  settings workflow-diagnostics "$1" 2021-05-01-preview
  around "$1"
  for found in $(each 'properties.parameters."$connections".value.*.connectionId' "$1?api-version=2019-05-01"); do
    connection "$found"
  done
}
connection() {
  once connection "$1" || return 0
  about_connection "$1"
  around "$1"
}
site() {
  once site "$1" || return 0
  about_site "$1"
  settings site-diagnostics "$1" 2021-05-01-preview
  around "$1"
  for flow in $(rows site-workflows "$1" 'value[].id'); do
    code="$1/workflows/${flow##*/}"
    about_site_workflow "$code"
    for found in $(each 'properties.files."connections.json".managedApiConnections.*.connection.id' "$code?api-version=2022-09-01"); do
      connection "$found"
    done
  done
}
app() {
  case $1 in
    */[Mm]icrosoft.[Ww]eb/[Ss]ites/*) site "$1" ;;
    *) workflow "$1" ;;
  esac
}
unnamed() { # a name of which no list that was asked holds anything: not there, or not known
  for kind in workflows sites connections; do
    if was_refused "subscription-$kind" "$subscription"; then
      printf 'Whether anything is called %s is not known: the lists were not all answered.\n' "$1" >&2
      return 0
    fi
  done
  printf 'Nothing is called %s.\n' "$1" >&2
}
accounts() { # the storage accounts that flows use, found by their names
  names=$(
    find . -name '*connection*~*.json' -exec sed -n \
      's/.*"accountName": "\([A-Za-z0-9]*\)".*/\1/p; s/.*"value": "\([a-z0-9]\{3,24\}\)".*/\1/p' {} +
    find . -name '*~*.json' -exec grep -ohiE 'https?://[a-z0-9-]+\.(blob|queue|table|file|dfs)\.' {} + | sed 's#.*//##; s#\..*##'
  )
  for above in $(printf '%s' "$seen" | sed -n 's/^subscription //p'); do
    get subscription-storage "$above" "$above/providers/Microsoft.Storage/storageAccounts" 2023-05-01 "" \
      '{value: value[].{id: id, name: name, type: type}, nextLink: nextLink}'
    for name in $(printf '%s\n' "$names" | tr 'A-Z' 'a-z' | grep -E '^[a-z0-9]{3,24}$' | sort -u); do
      for account in $(rows subscription-storage "$above" "value[?name=='$name'].id"); do
        about_storage "$account"
        for service in blob queue table file; do
          settings "storage-$service-diagnostics" "$account/${service}Services/default" 2021-05-01-preview
        done
      done
    done
  done
}
arm=$(az cloud show --query endpoints.resourceManager -o tsv 2>/dev/null </dev/null | tr -d '\r' | sed 's#/$##')
cloud=$(az cloud show --query name -o tsv 2>/dev/null </dev/null | tr -d '\r' | tr -cd 'A-Za-z0-9')
test -n "$arm" || arm=https://management.azure.com
at=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
since=$(date -u -d '89 days ago' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v-89d +%Y-%m-%dT%H:%M:%SZ)
trap finish EXIT
trap 'exit 130' INT TERM
@WHAT@
accounts
if test -n "$failed"; then
  printf 'Not answered (no lifecycle policy is an answer, too: sfharden reads why):\n%s' "$failed" >&2
fi
printf '%s answered, %s not, in %s\n' "$((number - unanswered))" "$unanswered" "$into" >&2
test "$unanswered" -lt "$number" || stop 'Nothing was answered: there is nothing to judge.'
