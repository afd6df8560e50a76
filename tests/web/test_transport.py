"""The bottom of every request: one guarded way out, answers within bounds, and nothing kept or looked up."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import responses

from sfharden.errors import AnswerError, NoVerdictError, UnreachableError
from sfharden.salesforce.guard import READING
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.session import Wire
from sfharden.text.redact import Secret
from sfharden.web.guard import OutgoingGuard
from sfharden.web.large_answers import MEBIBYTE
from sfharden.web.meter import CallMeter
from sfharden.web.session import WireCall
from sfharden.web.transport import Bounds, build_session
from tests.salesforce.kit import DATA, LIMITS, ORG, SOAP, TOKEN, FakeTime, loopback_org, make_wire, reply


@pytest.fixture(name="session")
def _session() -> Iterator[requests.Session]:
    with build_session(OutgoingGuard(parse_origin(ORG), READING), token=Secret(TOKEN)) as session:
        yield session


@responses.activate
def test_the_guard_sits_below_the_session(session: requests.Session) -> None:
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        with pytest.raises(NoVerdictError):
            session.request(method, f"{DATA}/sobjects/Profile/00e1", json={})
    with pytest.raises(NoVerdictError):
        session.get("https://evil.example/services/data/")
    with pytest.raises(NoVerdictError):
        session.post(SOAP, data=iter([b"<readMetadata/>"]))  # a body nobody can look at beforehand
    assert len(responses.calls) == 0


def test_a_session_has_no_way_around_its_adapter(session: requests.Session) -> None:
    assert {type(adapter).__name__ for adapter in session.adapters.values()} == {"GuardedAdapter"}
    make_wire().close()


@responses.activate
def test_cookies_are_not_kept() -> None:
    responses.get(f"{DATA}/limits", json={}, headers={"Set-Cookie": "sid=abc; Path=/; Secure"})
    wire = make_wire()
    wire.send(LIMITS)
    wire.send(LIMITS)
    assert "Cookie" not in responses.calls[1].request.headers


@responses.activate
def test_no_credentials_come_from_a_netrc_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get(f"{DATA}/limits", json={})
    wire = make_wire()
    wire.send(LIMITS)
    wire.send(WireCall("GET", LIMITS.path, "x", "rest", signed=False))
    sent = [call.request.headers.get("Authorization") for call in responses.calls]
    assert sent == [f"Bearer {TOKEN}", None]


def test_a_proxy_never_sees_a_request_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback_org(reply(500)) as proxy, loopback_org(reply(200, b'{"ok": 1}')) as org:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert make_wire(org.url).send(LIMITS).status == 200
        assert proxy.seen == []


def test_a_proxy_from_the_environment_is_used_for_an_org(monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback_org(reply(407)) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(UnreachableError, match="proxy"):
            make_wire().send(LIMITS)


def test_a_ca_bundle_from_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    with pytest.raises(UnreachableError) as caught:
        make_wire().send(LIMITS)
    assert "CA bundle" in caught.value.hint


@responses.activate
def test_an_answer_over_the_bound_is_refused_before_it_is_read_whole() -> None:
    responses.get(f"{DATA}/limits", body=b" " * 3_000_000)
    with pytest.raises(AnswerError, match="larger than 1 MiB"):
        make_wire(bounds=Bounds(json_bytes=1024 * 1024)).send(LIMITS)


@responses.activate
def test_an_answer_in_drops_is_refused_after_its_time() -> None:
    responses.get(f"{DATA}/limits", body=b" " * 300_000)
    seconds = itertools.count(0.0, 200.0)
    timing = replace(FakeTime().timing(), clock=lambda: next(seconds))
    wire = Wire(parse_origin(ORG), None, meter=CallMeter(), timing=timing, bounds=Bounds(total=300))
    with pytest.raises(AnswerError, match="more than 300 seconds"):
        wire.send(LIMITS)


def test_a_zip_may_be_larger_than_any_json() -> None:
    bounds = Bounds()
    assert bounds.bytes_for("/services/Soap/m/66.0") > bounds.bytes_for("/services/data/v66.0/query/")
    assert bounds.bytes_for("/services/Soap/m/66.0") >= 50 * MEBIBYTE * 4 // 3  # the largest zip, in base 64


@responses.activate
def test_the_token_is_put_into_the_header_and_nowhere_else() -> None:
    responses.get(f"{DATA}/limits", json={})
    with build_session(OutgoingGuard(parse_origin(ORG), READING), token=Secret(TOKEN)) as session:
        assert TOKEN not in repr(vars(session))
        session.get(f"{DATA}/limits")
    request = responses.calls[0].request
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in (request.url or "")


@responses.activate
def test_no_redirect_is_followed_by_the_session_itself(session: requests.Session) -> None:
    responses.get(f"{DATA}/limits", status=302, headers={"Location": "https://evil.example/"})
    assert session.get(f"{DATA}/limits").status_code == 302
    assert len(responses.calls) == 1


@responses.activate
def test_an_answer_is_bounded_as_it_is_after_decompression(session: requests.Session) -> None:
    import gzip

    bomb = gzip.compress(b" " * 3 * MEBIBYTE)
    assert len(bomb) < 10_000
    responses.get(f"{DATA}/limits", body=bomb, headers={"Content-Encoding": "gzip"})
    with (
        build_session(
            OutgoingGuard(parse_origin(ORG), READING), bounds=Bounds(json_bytes=MEBIBYTE)
        ) as bounded,
        pytest.raises(AnswerError, match="larger than 1 MiB"),
    ):
        bounded.get(f"{DATA}/limits")
