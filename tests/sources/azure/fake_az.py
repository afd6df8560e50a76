"""A stand-in for the Azure CLI: answers `az rest` from a file or a loopback ARM, and fails as the CLI does.

Run as a program it reads TENANT, a JSON file of {path: answer} where one with `status` is a refusal; or asks ARM with TOKEN.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
}
ARM = os.environ.get("ARM", "https://management.azure.com")


def answer(arguments: list[str]) -> int:
    """What the CLI would print, and how it would end."""
    if arguments[:2] == ["cloud", "show"]:
        say(ARM if "endpoints.resourceManager" in arguments else "AzureCloud")
        return 0
    if arguments[:2] == ["account", "show"]:
        say(os.environ.get("SUBSCRIPTION", "s1"))
        return 0
    assert arguments[:3] == ["rest", "--method", "get"], arguments
    url = arguments[arguments.index("--url") + 1].removeprefix(ARM)
    status, found = asked(url) if "TOKEN" in os.environ else looked_up(url)
    if status in PHRASES:
        sys.stderr.write(f"ERROR: {PHRASES[status]}({json.dumps(found)})\n")
        return 1
    query = arguments[arguments.index("--query") + 1] if "--query" in arguments else ""
    if arguments[-1] == "tsv":
        say("\n".join(one for one in queried(found, query) if one))
    else:
        say(json.dumps(shortened(found) if query else found, indent=2))
    return 0


def looked_up(url: str) -> tuple[int, Any]:
    """Out of the file."""
    tenant = json.loads(Path(os.environ["TENANT"]).read_text("utf-8"))
    key = url.partition("?")[0].casefold() + ("?page2" if "page2" in url else "")
    found = tenant.get(key, {"status": 404, "error": {"code": "ResourceNotFound", "message": "not there"}})
    return found.pop("status", 200), found


def asked(url: str) -> tuple[int, Any]:
    """Of a loopback ARM."""
    import urllib.error
    import urllib.parse
    import urllib.request

    path, _, query = url.partition("?")
    address = f"{ARM}{urllib.parse.quote(path)}?{urllib.parse.quote(query, safe='&=$%')}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as stream:  # noqa: S310
            return 200, json.loads(stream.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def shortened(found: Any) -> Any:
    """Rows by their names alone, as the script asks for storage accounts."""
    rows = [{key: one.get(key) for key in ("id", "name", "type")} for one in found["value"]]
    return {"value": rows, "nextLink": found.get("nextLink")}


def queried(found: Any, query: str) -> list[str]:
    """The few queries that the script makes."""
    if query.startswith("properties.parameters"):
        parameters = found["properties"].get("parameters") or {}
        return [one["connectionId"] for one in parameters.get("$connections", {}).get("value", {}).values()]
    if query.startswith("properties.files"):
        connections = (
            found["properties"]["files"].get("connections.json", {}).get("managedApiConnections", {})
        )
        return [one["connection"]["id"] for one in connections.values()]
    rows = found["value"]
    if query.startswith("value[].properties."):
        return [one["properties"].get(query.rpartition(".")[2]) or "None" for one in rows]
    if query == "value[].id":
        return [one["id"] for one in rows]
    if "name==" in query:
        return [one["id"] for one in rows if f"name=='{one['name']}'" in query]
    kinds = [one.get("kind") for one in rows]
    assert "contains(kind" not in query or None not in kinds, "JMESPath's contains() takes no null"
    return [
        one["id"] for one in rows if "salesforce" in json.dumps(one) or "workflowapp" in str(one.get("kind"))
    ]


def say(text: str) -> None:
    """Standard output, a line; on Windows each ends in two characters."""
    sys.stdout.write(f"{text}\n".replace("\n", os.environ.get("ENDING", "\n")))


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1:]))
