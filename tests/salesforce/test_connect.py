"""Opening an org: the highest version that both know, one wire for both clients, and no wire left open by a failure."""

from typing import Any

import pytest
import responses

from sfharden.errors import DeniedError, UnreachableError
from sfharden.salesforce.auth import OrgSession, sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, connect
from sfharden.salesforce.session import Wire
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter

from .kit import DATA, ORG, SOAP, TOKEN, FakeTime


@pytest.fixture(name="session")
def _session() -> OrgSession:
    return sign_in_with_token(ORG, Secret(TOKEN))


@pytest.fixture(name="closed")
def _closed(monkeypatch: pytest.MonkeyPatch) -> list[Wire]:
    """The wires that were closed."""
    found: list[Wire] = []
    close = Wire.close

    def note(wire: Wire) -> None:
        found.append(wire)
        close(wire)

    monkeypatch.setattr(Wire, "close", note)
    return found


def offer(*versions: str) -> None:
    told: list[dict[str, Any]] = [{"label": "x", "url": "/x", "version": version} for version in versions]
    responses.get(f"{ORG}/services/data/", json=told)


def test_the_versions_we_know_are_whole_numbers_in_order() -> None:
    assert list(API_VERSIONS) == sorted(API_VERSIONS, key=float)
    assert all(version.endswith(".0") for version in API_VERSIONS)


@responses.activate
def test_the_highest_common_version_is_taken_and_both_clients_share_the_wire(session: OrgSession) -> None:
    offer("9.0", "66.0", "99.0")
    meter = CallMeter()
    org = connect(session, ["62.0", "66.0"], meter, timing=FakeTime().timing())
    responses.get(f"{DATA}/limits", json={})
    responses.post(SOAP, status=401)
    org.rest.limits()
    with pytest.raises(Exception, match="HTTP 401"):
        org.metadata.list_metadata(["Profile"])
    assert org.version == "66.0"
    assert meter.count().total == 3
    org.wire.close()


@responses.activate
def test_no_common_version_is_a_refusal_and_leaves_no_wire_open(
    session: OrgSession, closed: list[Wire]
) -> None:
    offer("58.0")
    with pytest.raises(DeniedError, match="no API version that this program knows"):
        connect(session, API_VERSIONS, CallMeter(), timing=FakeTime().timing())
    assert len(closed) == 1


@responses.activate
def test_an_org_that_is_not_reached_leaves_no_wire_open(session: OrgSession, closed: list[Wire]) -> None:
    responses.get(f"{ORG}/services/data/", status=503)
    with pytest.raises(UnreachableError):
        connect(session, API_VERSIONS, CallMeter(), timing=FakeTime().timing())
    assert len(closed) == 1
