"""REST deploy: a multipart request starts a job, which is asked for until it's done."""

import json
from typing import Any, Final

from sfharden.emulator.backend import Backend, DeployJob
from sfharden.emulator.deploy import run as deploy
from sfharden.emulator.deploy.multipart import parts_of
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.wire import Reply, Request, json_reply

_DETAILS: Final = "includeDetails"


def answer(backend: Backend, caller: Caller, _version: str, request: Request) -> Reply:
    """The answer to anything below /metadata. Raises RefusalError."""
    if not caller.has("ModifyMetadata", "ModifyAllData"):
        raise RefusalError("INSUFFICIENT_ACCESS", "Metadata API functions need a permission this user lacks")
    rest = request.segments[4:]
    if rest == ["deployRequest"] and request.method == "POST":
        return _start(backend, caller, request)
    if len(rest) == 2 and rest[0] == "deployRequest" and request.method == "GET":
        details = request.query.get(_DETAILS) == "true"
        return json_reply(_shown(rest[1], state_of(backend, rest[1], details=details)))
    raise RefusalError("NOT_FOUND", "The requested resource does not exist")


def _start(backend: Backend, caller: Caller, request: Request) -> Reply:
    parts = parts_of(request)
    # The guide calls the part json, the Salesforce CLI entity_content; orgs take either.
    options = _options(parts.get("json") or parts.get("entity_content", b""))
    if "file" not in parts:
        raise RefusalError("MISSING_ARGUMENT", "the request has no part 'file'")
    name, job = accept(backend, caller, parts["file"], options)
    pending = _told(name, job, {"status": "Pending", "done": False})
    return json_reply({**_shown(name, pending), "deployOptions": options}, 201)


def accept(
    backend: Backend, caller: Caller, content: bytes, options: dict[str, Any]
) -> tuple[str, DeployJob]:
    """Keep a deployment to be asked for; its id, and the job."""
    name = backend.org.new_id("0Af")
    check_only = options.get("checkOnly") is True
    job = DeployJob(backend.org.knobs.deploy_polls, check_only, content, options, caller.user.id)
    backend.deploys[name] = job
    return name, job


def _options(text: bytes) -> dict[str, Any]:
    try:
        options = json.loads(text)["deployOptions"]
    except (ValueError, KeyError, TypeError):
        raise RefusalError("JSON_PARSER_ERROR", "the part 'json' holds no deployOptions") from None
    if not isinstance(options, dict):
        raise RefusalError("JSON_PARSER_ERROR", "deployOptions is no object")
    return options


def state_of(backend: Backend, name: str, *, details: bool) -> dict[str, Any]:
    """The `deployResult` of a deployment, as far as it is. Raises RefusalError for one that nobody asked for."""
    job = backend.deploys.get(name)
    if job is None:
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")
    if job.polls_left > 0:
        job.polls_left -= 1
        return _told(name, job, {"status": "InProgress", "done": False})
    if job.result is None:
        job.result = deploy.run(backend.org, job)
    result = job.result if details else {key: value for key, value in job.result.items() if key != "details"}
    return _told(name, job, result)


def _shown(name: str, told: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "validatedDeployRequestId": None, "deployResult": told}


def _told(name: str, job: DeployJob, result: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "checkOnly": job.check_only, "success": False, **result}
