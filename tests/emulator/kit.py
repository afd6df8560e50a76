"""A small client for the embedded org, and small orgs to ask."""

import base64
import http.client
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import INTEGRATION_USER, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml
from sfharden.emulator.xmltree import Node, parse
from tests.orgs.constants import NOW as NOW

APP = "Azure_Logic_Apps"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
METADATA = "http://soap.sforce.com/2006/04/metadata"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code of a REST refusal, which is a list with one entry."""
        (only,) = self.json
        return str(only["errorCode"])


@dataclass
class Client:
    """One keep-alive connection, as one caller, from one address if given."""

    server: DemoServer
    caller: str = "auditor"
    source: str = ""
    version: str = "68.0"
    token: str = field(default="", repr=False)
    _connection: http.client.HTTPConnection | None = None

    def __post_init__(self) -> None:
        self.token = self.token or self.server.tokens[self.caller]

    def ask(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self.server.base_url.removeprefix("http://"), timeout=5
            )
        given = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if self.source:
            given["X-Demo-Source-Ip"] = self.source
        self._connection.request(method, target, body or None, given)
        response = self._connection.getresponse()
        return Answer(response.status, response.read(), dict(response.headers))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, resource: str) -> Answer:
        return self.ask("GET", f"/services/data/v{self.version}/{resource}")

    def query(self, soql: str, *, tooling: bool = False, batch: int = 0) -> Answer:
        headers = {"Sforce-Query-Options": f"batchSize={batch}"} if batch else {}
        api = "tooling/" if tooling else ""
        return self.ask("GET", f"/services/data/v{self.version}/{api}query?q={quote(soql)}", headers=headers)

    def rows(self, soql: str, *, tooling: bool = False) -> list[dict[str, Any]]:
        """Records of a query, page by page, without their `attributes`."""
        answer = self.query(soql, tooling=tooling).json
        records = list(answer["records"])
        while not answer["done"]:
            answer = self.ask("GET", answer["nextRecordsUrl"]).json
            records += answer["records"]
        return [_bare(record) for record in records]

    def column(self, soql: str, *, tooling: bool = False) -> list[Any]:
        """The values of the only field a query selects."""
        return [next(iter(row.values())) for row in self.rows(soql, tooling=tooling)]

    def count(self, soql: str) -> int:
        return int(self.query(soql).json["totalSize"])

    def form(self, resource: str, **fields: str) -> Answer:
        return self.ask("POST", f"/services/oauth2/{resource}", urlencode(fields).encode(), FORM)

    def soap(self, body: str) -> Answer:
        text = (
            f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="{METADATA}"><s:Header>'
            f"<m:SessionHeader><m:sessionId>{self.token}</m:sessionId></m:SessionHeader></s:Header>"
            f"<s:Body>{body}</s:Body></s:Envelope>"
        )
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return self.ask("POST", f"/services/Soap/m/{self.version}", text.encode(), headers)

    def call(self, body: str) -> Node:
        """The first element inside the Body of a SOAP answer."""
        return soap_body(self.soap(body))

    def retrieve(self, members: str, *, single: bool = True, version: str = "") -> "Retrieved":
        """A whole retrieve; `members` is the inside of the package."""
        package = f"<m:unpackaged>{members}<m:version>{version or self.version}</m:version></m:unpackaged>"
        request = f"<m:singlePackage>{str(single).lower()}</m:singlePackage>{package}"
        started = self.call(f"<m:retrieve><m:retrieveRequest>{request}</m:retrieveRequest></m:retrieve>")
        name = started.value("result.id")
        while True:
            result = self.check_retrieve(name)
            if result.value("done") == "true":
                return Retrieved(result)

    def check_retrieve(self, name: str, *, with_zip: bool = True) -> Node:
        asked = (
            f"<m:asyncProcessId>{name}</m:asyncProcessId><m:includeZip>{str(with_zip).lower()}</m:includeZip>"
        )
        answer = self.call(f"<m:checkRetrieveStatus>{asked}</m:checkRetrieveStatus>")
        return answer.first("result") or answer

    def deploy(self, files: Mapping[str, bytes], *, check_only: bool = False) -> dict[str, Any]:
        """The result of deploying files; package.xml is made to fit unless it's among them."""
        return self.deploy_zip(zipped(files), check_only=check_only)

    def deploy_zip(self, content: bytes, *, check_only: bool = False) -> dict[str, Any]:
        started = self.start_deploy(content, check_only=check_only)
        assert started.status == 201, started.body
        target = f"metadata/deployRequest/{started.json['id']}?includeDetails=true"
        while True:
            result: dict[str, Any] = self.get(target).json["deployResult"]
            if result["done"]:
                return result

    def start_deploy(self, content: bytes, *, check_only: bool = False) -> Answer:
        options = json.dumps({"deployOptions": {"checkOnly": check_only, "rollbackOnError": True}}).encode()
        body = (
            b'--b\r\nContent-Disposition: form-data; name="json"\r\nContent-Type: application/json\r\n\r\n'
            + options
            + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="p.zip"\r\n\r\n'
            + content
            + b"\r\n--b--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        return self.ask("POST", f"/services/data/v{self.version}/metadata/deployRequest", body, headers)


@dataclass
class Retrieved:
    """A finished retrieve."""

    result: Node

    @property
    def files(self) -> dict[str, bytes]:
        content = base64.b64decode(self.result.value("zipFile"))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def problems(self) -> list[str]:
        return [one.value("problem") for one in self.result.all("messages")]


def _bare(record: Any) -> Any:
    if not isinstance(record, dict):
        return record
    return {key: _bare(value) for key, value in record.items() if key != "attributes"}


def soap_body(answer: Answer) -> Node:
    body = parse(answer.body).first("Body")
    assert body is not None
    return body.children[0]


def fault_code(answer: Answer) -> str:
    """The code of a SOAP fault."""
    assert answer.status == 500
    return soap_body(answer).value("faultcode")


def members(kind: str, *names: str) -> str:
    """One <types> entry of a package."""
    inner = "".join(f"<m:members>{name}</m:members>" for name in names)
    return f"<m:types>{inner}<m:name>{kind}</m:name></m:types>"


def listing(*types: str) -> str:
    """A listMetadata call for these types."""
    queries = "".join(f"<m:queries><m:type>{one}</m:type></m:queries>" for one in types)
    return f"<m:listMetadata>{queries}<m:asOfVersion>68.0</m:asOfVersion></m:listMetadata>"


_KINDS = {
    "profile": "Profile",
    "permissionset": "PermissionSet",
    "connectedApp": "ConnectedApp",
    "settings": "Settings",
    "ecaOauthPlcy": "ExtlClntAppOauthConfigurablePolicies",
    "ecaOauthSecurity": "ExtlClntAppOauthSecuritySettings",
}


def manifest(paths: list[str], version: str = "68.0") -> bytes:
    """A package.xml that names the files."""
    types = "".join(
        f"<types><members>{re.sub('.*/|[.][^.]*$', '', path)}</members>"
        f"<name>{_KINDS[path.rpartition('.')[2]]}</name></types>"
        for path in paths
    )
    return f'<Package xmlns="{METADATA}">{types}<version>{version}</version></Package>'.encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files, with a fitting package.xml unless they have one."""
    whole = dict(files)
    if not any(path.endswith("package.xml") for path in files):
        whole["package.xml"] = manifest(list(files))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in whole.items():
            archive.writestr(path, content)
    return out.getvalue()


@contextmanager
def client(
    server: DemoServer, caller: str = "auditor", *, source: str = "", version: str = "68.0", token: str = ""
) -> Iterator[Client]:
    """A client that hangs up at the end."""
    one = Client(server, caller, source, version, token)
    try:
        yield one
    finally:
        one.close()


def code_for(client: Client, org: DemoOrg, app: str = APP, user: str = INTEGRATION_USER) -> Answer:
    """The answer to a code that the user brings back after consenting to the app."""
    return client.form(
        "token", grant_type="authorization_code", code=org.authorise(app, user), client_id="any"
    )


def use_policy(org: DemoOrg, **policy: Any) -> None:
    """Give the healthy org's connected app another policy."""
    org.metadata[f"connectedApps/{APP}.connectedApp"] = connected_app_xml(
        "Azure Logic Apps", **{"profiles": [PROFILE], **policy}
    )
    sync(org)
