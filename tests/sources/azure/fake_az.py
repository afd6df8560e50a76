"""A stand-in for the Azure CLI: answers `az rest` from a folder of files, and fails as the CLI does.

Run as a program it reads TENANT, a JSON file of {path: answer}; an answer with `status` is a refusal.
"""

import json
import os
import sys
from pathlib import Path

PHRASES = {403: "Forbidden", 404: "Not Found", 400: "Bad Request", 429: "Too Many Requests"}
ARM = "https://management.azure.com"


def answer(arguments: list[str]) -> int:
    """What the CLI would print, and how it would end."""
    if arguments[:2] == ["cloud", "show"]:
        say(ARM if "endpoints.resourceManager" in arguments else "AzureCloud")
        return 0
    if arguments[:2] == ["account", "show"]:
        say("s1")
        return 0
    assert arguments[:3] == ["rest", "--method", "get"], arguments
    url = arguments[arguments.index("--url") + 1].removeprefix(ARM)
    tenant = json.loads(Path(os.environ["TENANT"]).read_text("utf-8"))
    key = url.partition("?")[0].casefold() + ("?page2" if "page2" in url else "")
    found = tenant.get(key, {"status": 404, "error": {"code": "ResourceNotFound", "message": "not there"}})
    if "status" in found:
        body = json.dumps({name: one for name, one in found.items() if name != "status"})
        sys.stderr.write(f"ERROR: {PHRASES[found['status']]}({body})\n")
        return 1
    if "--query" in arguments:
        say("\n".join(queried(found, arguments[arguments.index("--query") + 1])))
    else:
        say(json.dumps(found, indent=2))
    return 0


def say(text: str) -> None:
    """Standard output, a line."""
    sys.stdout.write(f"{text}\n")


def queried(found: dict, query: str) -> list[str]:  # type: ignore[type-arg]
    """The few queries that the script makes."""
    if query.startswith("properties.parameters"):
        connections = found["properties"]["parameters"]["$connections"]["value"]
        return [one["connectionId"] for one in connections.values()]
    rows = found["value"]
    if query.startswith("value[].properties."):
        return [one["properties"].get(query.rpartition(".")[2]) or "None" for one in rows]
    if "name==" in query:
        return [one["id"] for one in rows if f"name=='{one['name']}'" in query]
    return [
        one["id"] for one in rows if "salesforce" in json.dumps(one) or "workflowapp" in one.get("kind", "")
    ]


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1:]))
