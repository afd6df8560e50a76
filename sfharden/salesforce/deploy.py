"""Check-only deployment: the org says what a package would do, and saves nothing.

Metadata API Developer Guide, Deploying with REST. The guard lets no other deployment out; this module has
no argument that could ask for one.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from urllib3.filepost import encode_multipart_formdata

from sfharden.errors import AnswerError, DeniedError, UnreachableError
from sfharden.ports import ComponentProblem, DeployReport
from sfharden.salesforce.answers import json_reader, list_of, object_of, text_at
from sfharden.salesforce.failures import clean_code
from sfharden.salesforce.metadata_api import Polling
from sfharden.salesforce.session import Wire
from sfharden.web.session import WireCall

_OPTIONS: Final = {
    "deployOptions": {
        "checkOnly": True,
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "ignoreWarnings": False,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": True,
        "singlePackage": True,
    }
}
_ID: Final = re.compile(r"[A-Za-z0-9]{15,18}", re.ASCII)
_WHAT: Final = "Validating the package"


def deploy_check_only(
    wire: Wire, version: str, zip_bytes: bytes, polling: Polling | None = None
) -> DeployReport:
    """Have the org validate a package (a zip with package.xml at its top), and wait for its report.

    Raises DeniedError if the login may not, AnswerError if the org did something else than validate, and
    UnreachableError if it isn't done within the polling's total. Needs API version 42.0 or later.
    """
    path = f"/services/data/v{version}/metadata/deployRequest"
    body, content_type = _parts(zip_bytes)
    # Not `reading`: sent twice it would be two validations, and an org has few at a time.
    call = WireCall(
        "POST", path, _WHAT, "deploy", headers={"Content-Type": content_type}, body=body, reading=False
    )
    accepted = object_of(wire.take(call, json_reader(_WHAT)), _WHAT)
    deployment = text_at(accepted, "id", _WHAT)
    if not _ID.fullmatch(deployment):
        raise AnswerError(f"{_WHAT}: the org did not say where to ask for it")
    return _report(_finished(wire, f"{path}/{deployment}", polling or Polling()))


def _parts(zip_bytes: bytes) -> tuple[bytes, str]:
    fields = {
        "json": (None, json.dumps(_OPTIONS), "application/json"),
        "file": ("package.zip", zip_bytes, "application/zip"),
    }
    return encode_multipart_formdata(fields)  # type: ignore[arg-type]  # a part without file name is allowed


def _finished(wire: Wire, path: str, polling: Polling) -> dict[str, Any]:
    for wait in polling.waits(wire.timing.clock):
        wire.timing.sleep(wait)
        call = WireCall("GET", path, _WHAT, "deploy", params={"includeDetails": "true"})
        told = object_of(wire.take(call, json_reader(_WHAT)), _WHAT)
        result = object_of(told.get("deployResult"), _WHAT)
        # The guard saw to the question; this sees to the answer, should somebody ignore the flag.
        if result.get("checkOnly") is not True:
            raise AnswerError(f"{_WHAT}: the org reports about something that is no validation")
        if result.get("done") is True:
            return result
    raise UnreachableError(f"{_WHAT}: not done in {polling.total:.0f} seconds", "Try later.")


def _report(result: dict[str, Any]) -> DeployReport:
    status = text_at(result, "status", _WHAT)
    code = clean_code(result.get("errorStatusCode"))
    problems = tuple(_problems(result.get("details") or {}))
    success = result.get("success") is True and status == "Succeeded"
    if not success and not problems and code:
        raise DeniedError(f"{_WHAT}: the org answered {code}", "The login may not deploy.", code=code)
    return DeployReport(text_at(result, "id", _WHAT), status, success, code, problems)


def _problems(details: Any) -> Iterator[ComponentProblem]:
    failures = object_of(details, _WHAT).get("componentFailures") or []
    # One failure alone may come bare, as the SOAP form of this answer has it.
    for told in list_of([failures] if isinstance(failures, dict) else failures, _WHAT):
        line = told.get("lineNumber")
        names = ("componentType", "fullName", "fileName", "problem", "problemType")
        type_, full_name, file_name, problem, problem_type = (str(told.get(name) or "") for name in names)
        number = line if type(line) is int and line > 0 else None
        yield ComponentProblem(type_, full_name, file_name, number, problem, problem_type)
