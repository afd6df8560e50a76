"""The SOAP Metadata API: list, read, retrieve, describe, and faults in the platform's shape."""

import re
from collections.abc import Callable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from sfharden.emulator import kinds
from sfharden.emulator.access import enter
from sfharden.emulator.backend import Backend, RetrieveJob
from sfharden.emulator.deploy import retrieve
from sfharden.emulator.files import file_properties, listed, may_read, properties_xml, read_component
from sfharden.emulator.http import soap_deploy
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.wire import Reply, Request
from sfharden.emulator.xmltree import METADATA_NS, Node, XmlError, fragment, parse

Operation = Callable[[Backend, Caller, str, Node], str]
_XML: Final = "text/xml; charset=UTF-8"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_LIST_LIMIT: Final = 3
_READ_LIMIT: Final = 10
_BODY: Final = re.compile(rb"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")


def operation_of(body: bytes) -> str:
    """The operation a SOAP request names, by a glance at its text; for the record of requests only."""
    match = _BODY.search(body)
    return match[1].decode() if match else ""


def answer(backend: Backend, request: Request) -> Reply:
    """The answer to a SOAP call; every refusal is a fault with status 500."""
    try:
        version = _version(backend, request)
        envelope = parse(request.body)
        call = _first(envelope, "Body")
        name = call.name
        caller = enter(backend.org, envelope.value("Header.SessionHeader.sessionId"), request)
        if not caller.has("ModifyMetadata", "ModifyAllData"):
            raise RefusalError(
                "INSUFFICIENT_ACCESS",
                "use of the Metadata API requires a user with the "
                "Modify Metadata Through Metadata API Functions or Modify All Data permission",
            )
        if name not in _OPERATIONS:
            raise RefusalError("INVALID_OPERATION", f"No operation available for request {name}")
        result = _OPERATIONS[name](backend, caller, version, call)
    except XmlError:
        return fault(RefusalError("UNKNOWN_EXCEPTION", "The request is not well-formed XML"))
    except RefusalError as error:
        return fault(error)
    used = f"<current>{backend.org.api_used}</current><limit>{backend.org.api_limit}</limit>"
    header = f"<LimitInfoHeader><limitInfo>{used}<type>API REQUESTS</type></limitInfo></LimitInfoHeader>"
    return _envelope(200, f"<{name}Response>{result}</{name}Response>", header)


def _version(backend: Backend, request: Request) -> str:
    version = request.segments[-1]
    if version not in backend.org.versions:
        raise RefusalError("UNSUPPORTED_API_VERSION", f"Invalid Api version specified on URL: {version}")
    return version


def _first(envelope: Node, name: str) -> Node:
    part = envelope.first(name)
    if part is None or not part.children:
        raise XmlError(f"no {name}")
    return part.children[0]


def _envelope(status: int, body: str, header: str = "") -> Reply:
    head = f"<soapenv:Header>{header}</soapenv:Header>" if header else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{METADATA_NS}" xmlns:xsi="{_XSI}" '
        f'xmlns:sf="{METADATA_NS}">{head}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
    )
    return Reply(status, text.encode(), _XML)


def fault(error: RefusalError) -> Reply:
    """A fault; a session that isn't one has a text of its own here."""
    message = error.message
    if error.code == "INVALID_SESSION_ID":
        message = "Invalid Session ID found in SessionHeader: Illegal Session"
    code = escape(error.code)
    text = f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {escape(message)}</faultstring>"
    return _envelope(500, f"<soapenv:Fault>{text}</soapenv:Fault>")


def known_kind(name: str, version: str) -> kinds.Kind:
    """The metadata type. Raises RefusalError if that API version has none of the name."""
    kind = kinds.KINDS.get(name)
    if kind is None or float(version) < kind.since:
        raise RefusalError("INVALID_TYPE", f"Unknown type name '{name}' specified in metadata query")
    return kind


def _list_metadata(backend: Backend, caller: Caller, version: str, call: Node) -> str:
    queries = list(call.all("queries"))
    if len(queries) > _LIST_LIMIT:
        raise RefusalError("EXCEEDED_ID_LIMIT", f"listMetadata takes at most {_LIST_LIMIT} queries")
    asked = [known_kind(query.value("type"), version) for query in queries]
    return "".join(
        properties_xml("result", file_properties(backend.org, kind, name))
        for kind in asked
        for name in listed(backend.org, kind, version, caller)
    )


def _read_metadata(backend: Backend, caller: Caller, version: str, call: Node) -> str:
    names = call.values("fullNames")
    if len(names) > _READ_LIMIT:
        text = f"record limit reached. cannot submit more than {_READ_LIMIT} records into this operation"
        raise RefusalError("EXCEEDED_ID_LIMIT", text)
    type_name = call.value("type")
    settings = type_name.endswith("Settings") and type_name not in kinds.KINDS
    kind = known_kind("Settings" if settings else type_name, version)
    if settings and any(name != type_name.removesuffix("Settings") for name in names):
        names = []
    records = [_record(backend, caller, version, kind, type_name, name) for name in names]
    return f"<result>{''.join(records)}</result>"


def _record(
    backend: Backend, caller: Caller, version: str, kind: kinds.Kind, type_name: str, name: str
) -> str:
    known = may_read(backend.org, kind, caller) and float(version) >= kinds.since(kind, name)
    content = read_component(backend.org, kind, name, version) if known else None
    if content is None:
        return '<records xsi:nil="true"/>'
    tree = parse(content)
    inner = fragment(child for child in tree.children if child.name != "fullName")
    return f'<records xsi:type="{type_name}"><fullName>{escape(name)}</fullName>{inner}</records>'


def _describe(_backend: Backend, _caller: Caller, version: str, _call: Node) -> str:
    objects = "".join(
        f"<metadataObjects><directoryName>{kind.folder}</directoryName><inFolder>false</inFolder>"
        f"<metaFile>false</metaFile><suffix>{kind.suffix}</suffix><xmlName>{kind.name}</xmlName></metadataObjects>"
        for kind in kinds.KINDS.values()
        if float(version) >= kind.since
    )
    flags = "<partialSaveAllowed>true</partialSaveAllowed><testRequired>false</testRequired>"
    return f"<result>{objects}<organizationNamespace/>{flags}</result>"


def _retrieve(backend: Backend, _caller: Caller, version: str, call: Node) -> str:
    # The guide calls it retrieveRequest, the Salesforce CLI request; orgs take either.
    request = call.children[0] if call.children else Node("retrieveRequest")
    package = request.first("unpackaged") or Node("unpackaged")
    # The version in the package wins over the one of the request, and that over the endpoint's.
    wanted = package.value("version") or request.value("apiVersion") or version
    if wanted not in backend.org.versions:
        raise RefusalError("UNSUPPORTED_API_VERSION", f"Invalid version specified: {wanted}")
    single = request.value("singlePackage") == "true"
    name = backend.org.new_id("09S")
    backend.retrieves[name] = RetrieveJob(package, float(wanted), single, backend.org.knobs.retrieve_polls)
    return f"<result><done>false</done><id>{name}</id><state>Queued</state></result>"


def _check_retrieve(backend: Backend, caller: Caller, _version: str, call: Node) -> str:
    name = call.value("asyncProcessId")
    job = backend.retrieves.get(name)
    if job is None or (job.handed_out and backend.org.knobs.retrieve_zip_once):
        raise RefusalError("INVALID_CROSS_REFERENCE_KEY", "the retrieve result was deleted or never existed")
    if job.polls_left > 0:
        job.polls_left -= 1
        inner = f"<done>false</done><id>{name}</id><status>InProgress</status><success>false</success>"
        return f"<result>{inner}</result>"
    retrieve.finish(backend.org, caller, job)
    with_zip = call.value("includeZip") != "false"
    job.handed_out = job.handed_out or with_zip
    return f"<result>{''.join(_outcome(name, job, with_zip))}</result>"


def _outcome(name: str, job: RetrieveJob, with_zip: bool) -> Iterator[str]:
    yield "<done>true</done>"
    yield job.answer.replace("<!--id-->", f"<id>{name}</id>")
    yield "<status>Succeeded</status><success>true</success>"
    if with_zip:
        yield f"<zipFile>{retrieve.encoded(job)}</zipFile>"


_OPERATIONS: Final[dict[str, Operation]] = {
    "listMetadata": _list_metadata,
    "readMetadata": _read_metadata,
    "describeMetadata": _describe,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
    "deploy": soap_deploy.deploy,
    "checkDeployStatus": soap_deploy.check_status,
}


def with_zip(reply: Reply, content: bytes) -> Reply:
    """The answer with another zip in it, for a fault; an answer without a zip stays as it is."""
    body = re.sub(rb"<zipFile>[^<]*", b"<zipFile>" + content, reply.body)
    return Reply(reply.status, body, reply.content_type, reply.headers)
