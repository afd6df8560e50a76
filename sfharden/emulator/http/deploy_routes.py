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
        return _status(backend, rest[1], details=request.query.get(_DETAILS) == "true")
    raise RefusalError("NOT_FOUND", "The requested resource does not exist")


def _start(backend: Backend, caller: Caller, request: Request) -> Reply:
    parts = parts_of(request)
    options = _options(parts.get("json", b""))
    if "file" not in parts:
        raise RefusalError("MISSING_ARGUMENT", "the request has no part 'file'")
    name = backend.org.new_id("0Af")
    job = DeployJob(
        backend.org.knobs.deploy_polls,
        options.get("checkOnly") is True,
        parts["file"],
        options,
        caller.user.id,
    )
    backend.deploys[name] = job
    return json_reply(
        {**_shown(name, job, {"status": "Pending", "done": False}), "deployOptions": options}, 201
    )


def _options(text: bytes) -> dict[str, Any]:
    try:
        options = json.loads(text)["deployOptions"]
    except (ValueError, KeyError, TypeError):
        raise RefusalError("JSON_PARSER_ERROR", "the part 'json' holds no deployOptions") from None
    if not isinstance(options, dict):
        raise RefusalError("JSON_PARSER_ERROR", "deployOptions is no object")
    return options


def _status(backend: Backend, name: str, *, details: bool) -> Reply:
    job = backend.deploys.get(name)
    if job is None:
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")
    if job.polls_left > 0:
        job.polls_left -= 1
        return json_reply(_shown(name, job, {"status": "InProgress", "done": False}))
    if job.result is None:
        job.result = deploy.run(backend.org, job)
    result = job.result if details else {key: value for key, value in job.result.items() if key != "details"}
    return json_reply(_shown(name, job, result))


def _shown(name: str, job: DeployJob, result: dict[str, Any]) -> dict[str, Any]:
    told = {"id": name, "checkOnly": job.check_only, "success": False, **result}
    return {"id": name, "validatedDeployRequestId": None, "deployResult": told}
