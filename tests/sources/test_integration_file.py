"""The integration file: its egress resolved to addresses, or a gap that says why; never an empty list instead."""

import json
import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, format_address
from sfharden.errors import InputError
from sfharden.model.integration import Attempt
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.logic_apps import read_logic_app
from tests.sources.build import export, flattened, integration, logic_app

WANTED = AddressSet.of(["203.0.113.8", "203.0.113.64/27"])
ENDPOINTS = {
    "workflow": {
        "outgoingIpAddresses": [{"address": "198.51.100.10"}],
        "accessEndpointIpAddresses": [{"address": "198.51.100.77"}],
    },
    "connector": {
        "outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "203.0.113.64/27"}],
        "accessEndpointIpAddresses": None,
    },
}


def changed(**connector: Any) -> dict[str, Any]:
    """The answer of the REST API with another connector part."""
    return logic_app({**ENDPOINTS, "connector": connector})


def connector_addresses(path: Path) -> AddressSet:
    """The one list that an export without gaps gives."""
    reading = read_logic_app(path)
    assert (len(reading.origins), reading.gaps) == (1, ())
    return reading.origins[0].addresses


def test_a_file_that_is_not_there_comes_with_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_integrations(tmp_path / "gone.yaml", "--org 'my org'")
    assert refused.value.message == f"There is no integration file at '{tmp_path / 'gone.yaml'}'."
    assert refused.value.hint == f"`sfharden init --org 'my org' -o {tmp_path / 'gone.yaml'}` writes one."
    with pytest.raises(InputError) as refused:
        load_integrations(tmp_path / "gone.yaml")
    assert refused.value.hint == f"`sfharden init --source . -o {tmp_path / 'gone.yaml'}` writes one."


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="' is a folder") as refused:
        load_integrations(tmp_path)
    assert refused.value.hint == ""


# Ranges ---------------------------------------------------------------------------------------


def test_ranges_may_be_written_in_every_way(tmp_path: Path) -> None:
    found = integration(
        tmp_path, "ranges: [203.0.113.8, 203.0.113.64/27, 192.0.2.1-192.0.2.3, '2001:db8::/126']"
    )
    assert found.addresses == WANTED | AddressSet.of(["192.0.2.1-192.0.2.3", "2001:db8::/126"])
    assert (found.sources, found.gaps) == (("integration file",), ())


BAD_RANGES = [
    "203.0.113.9-203.0.113.1",
    "203.0.113.300",
    "203.0.113.1/24",
    "192.0.2.1-2001:db8::1",
    "nowhere",
    "010.0.0.1",
]


@pytest.mark.parametrize("bad", BAD_RANGES)
@pytest.mark.parametrize("where", ["egress", "operator_ranges"])
def test_a_bad_range_is_refused_with_its_place(tmp_path: Path, bad: str, where: str) -> None:
    egress, operator = ("203.0.113.9", bad) if where == "operator_ranges" else (bad, "198.51.100.7")
    with pytest.raises(InputError) as refused:
        integration(tmp_path, f"ranges: [203.0.113.8, '{egress}']", operator=f"[198.51.100.8, '{operator}']")
    assert f"Integration 'crm-sync', {where}: '{bad[:9]}" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("operator", ["[]", "198.51.100.7", "", "['']", "[[198.51.100.7]]"])
def test_without_a_way_in_for_the_operator_the_file_is_refused(tmp_path: Path, operator: str) -> None:
    with pytest.raises(InputError, match="operator_ranges"):
        integration(tmp_path, "ranges: [203.0.113.8]", operator=operator)


# Logic Apps -----------------------------------------------------------------------------------

SHAPES: dict[str, Callable[[Any], Any]] = {
    "REST and az resource show": logic_app,
    "az logic workflow show": lambda endpoints: flattened(logic_app(endpoints)),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_of_an_export_gives_the_connector_s_addresses(tmp_path: Path, shape: str) -> None:
    assert connector_addresses(export(tmp_path, SHAPES[shape](ENDPOINTS))) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_exports_that_powershell_wrote_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(SHAPES["az logic workflow show"](ENDPOINTS)), encoding)
    assert connector_addresses(path) == WANTED


def test_a_network_written_by_one_of_its_hosts_is_that_network(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        changed(outgoingIpAddresses=[{"address": "203.0.113.80/28"}, {"address": "203.0.113.67/27"}]),
    )
    assert connector_addresses(path) == AddressSet.of(["203.0.113.64/27"])


@given(networks=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 32)), min_size=1, max_size=9))
def test_the_addresses_are_those_of_the_list(
    tmp_path_factory: pytest.TempPathFactory, networks: list[tuple[int, int]]
) -> None:
    texts = [f"{format_address(0xFFFF_0000_0000 + address)}/{prefix}" for address, prefix in networks]
    path = export(
        tmp_path_factory.getbasetemp(), changed(outgoingIpAddresses=[{"address": text} for text in texts])
    )
    assert connector_addresses(path) == AddressSet.of(texts, strict=False)


NOT_LISTED: dict[str, Any] = {
    "a template": {"$schema": "x", "resources": [logic_app()]},
    "code view": {key: logic_app()["properties"][key] for key in ("definition", "parameters")},
    "empty configuration": logic_app({}),
    "null configuration": logic_app(None),
    "null properties": {"properties": None, "endpointsConfiguration": ENDPOINTS},
    "no definition": {"properties": {"endpointsConfiguration": {}}},
    "no connector": logic_app({"workflow": ENDPOINTS["workflow"]}),
    "no list": changed(accessEndpointIpAddresses=[{"address": "203.0.113.8"}]),
    "null list": changed(outgoingIpAddresses=None),
    "empty list": changed(outgoingIpAddresses=[]),
    "a text": changed(outgoingIpAddresses="203.0.113.8"),
    "an object": changed(outgoingIpAddresses={"address": "203.0.113.8"}),
    "a text alone": "203.0.113.8",
    "null": None,
}
DAMAGED = {
    "no address": changed(outgoingIpAddresses=[{"address": "203.0.113.8"}, {}]),
    "null address": changed(outgoingIpAddresses=[{"address": None}]),
    "a number": changed(outgoingIpAddresses=[{"address": 3405803784}]),
    "null entry": changed(outgoingIpAddresses=[{"address": "203.0.113.8"}, None]),
    "text entry": changed(outgoingIpAddresses=["203.0.113.8"]),
    "damaged address": changed(outgoingIpAddresses=[{"address": "203.0.113.8"}, {"address": "203.0.113."}]),
    "empty address": changed(outgoingIpAddresses=[{"address": ""}]),
}


@pytest.mark.parametrize("name", sorted({**NOT_LISTED, **DAMAGED}))
def test_an_export_without_a_whole_list_is_a_gap_and_says_what_to_do(tmp_path: Path, name: str) -> None:
    content = {**NOT_LISTED, **DAMAGED}[name]
    export(tmp_path, content, "exports/app.json")
    found = integration(tmp_path, "ranges: [192.0.2.1]", "logic_app: exports/app.json")
    assert found.addresses == AddressSet.of(["192.0.2.1"])
    gap = found.gaps[0]
    assert (gap.kind, gap.name, gap.what) == ("Egress", "crm-sync", "egress of crm-sync: exports/app.json")
    assert ("az resource show" in gap.reason) == (name in NOT_LISTED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{",
        b"\x80",
        b"{'a': 1}",
        b"[" * 100_000,
        b"<xml/>",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
@pytest.mark.parametrize("entry", ["logic_app: x.json", "{service_tags: x.json, tag: AzureConnectors}"])
def test_what_is_no_json_is_a_gap(tmp_path: Path, data: bytes, entry: str) -> None:
    (tmp_path / "x.json").write_bytes(data)
    assert integration(tmp_path, entry).gaps[0].reason.endswith(("is not JSON", "is empty", "is not text"))


@pytest.mark.parametrize(
    "entry", ["logic_app: gone.json", "logic_app: .", "{service_tags: gone.json, tag: A}"]
)
def test_a_file_that_is_not_there_is_a_gap_and_the_next_is_read(tmp_path: Path, entry: str) -> None:
    export(tmp_path, SHAPES["az logic workflow show"](ENDPOINTS))
    found = integration(tmp_path, entry, "logic_app: app.json")
    assert found.addresses == WANTED
    assert found.sources == ("app.json",)
    assert re.search("there is no|holds no Logic App", found.gaps[0].reason)


def test_a_file_too_large_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfharden.files.json_file.MAX_BYTES", 50)
    export(tmp_path, SHAPES["az logic workflow show"](ENDPOINTS))
    assert "larger" in integration(tmp_path, "logic_app: app.json").gaps[0].reason


def test_paths_are_relative_to_the_integration_file_or_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, elsewhere = tmp_path / "conf", tmp_path / "elsewhere"
    inner.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path = export(tmp_path / "exports", SHAPES["az logic workflow show"](ENDPOINTS))
    for text in ("../exports/app.json", str(path)):
        assert integration(inner, f"logic_app: {text}").addresses == WANTED
    assert integration(inner, "logic_app: exports/app.json").gaps


@pytest.mark.parametrize("seed", range(5))
def test_damage_gives_a_gap_or_another_list_and_never_an_empty_one(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - mutations, not secrets
    whole = json.dumps(SHAPES["az logic workflow show"](ENDPOINTS)).encode()
    for _ in range(100):
        at = chance.randrange(len(whole))
        (tmp_path / "app.json").write_bytes(
            chance.choice([whole[:at], whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :]])
        )
        found = integration(tmp_path, "logic_app: app.json")
        assert found.addresses or found.gaps


# Attempts -------------------------------------------------------------------------------------

ENTRY = """\
version: 1
integrations:
  - name: crm-sync
    app: Azure Logic Apps
    profile: Logic Apps Integration
    users: [svc@acme.example]
    egress: [{ranges: [203.0.113.8]}]
    operator_ranges: [198.51.100.7]
"""


def attempts(folder: Path, text: str) -> tuple[Attempt, ...]:
    """What a file with these attempts gives."""
    path = folder / "integration.yaml"
    path.write_text(f"{ENTRY}    attempts: {text}\n", "utf-8")
    ((found,), _) = load_integrations(path)
    return found.attempts


def test_attempts_are_read_with_their_zone_and_in_either_family(tmp_path: Path) -> None:
    found = attempts(
        tmp_path,
        "[{at: 2026-11-20T11:05:00+02:00, from: 192.0.2.9}, {at: '2026-11-20T09:05:00Z', from: '2001:db8::9'}]",
    )
    assert [one.at.astimezone(UTC).hour for one in found] == [9, 9]
    assert [one.from_ for one in found] == ["192.0.2.9", "2001:db8::9"]
    assert attempts(tmp_path, "[]") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{at: 2026-11-20T09:05:00, from: 192.0.2.9}]", "time with its zone"),
        ("[{at: 2026-11-20, from: 192.0.2.9}]", "time with its zone"),
        ("[{at: 1795500000, from: 192.0.2.9}]", "time with its zone"),
        ("[{at: soon, from: 192.0.2.9}]", "time with its zone"),
        ("[{at: 2026-11-20T09:05:00Z, from: 192.0.2.0/24}]", "one address"),
        ("[{at: 2026-11-20T09:05:00Z, from: 0.0.0.0-255.255.255.255}]", "one address"),
        ("[{at: 2026-11-20T09:05:00Z, from: my phone}]", "one address"),
        ("[{at: 2026-11-20T09:05:00Z}]", "from"),
        ("[{from: 192.0.2.9}]", "at"),
        ("[{at: 2026-11-20T09:05:00Z, from: 192.0.2.9, status: x}]", "status"),
        ("{at: 2026-11-20T09:05:00Z, from: 192.0.2.9}", "attempts"),
    ],
)
def test_an_attempt_is_one_moment_and_one_address(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        attempts(tmp_path, text)
    assert words in refused.value.message
    assert "line 9" in refused.value.message


# The app --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Azure Logic Apps", ""),
        ("{name: Azure Logic Apps}", ""),
        ("{name: Azure Logic Apps, kind: external-client-app}", "external-client-app"),
        ("{name: Azure Logic Apps, kind: connected-app}", "connected-app"),
    ],
)
def test_an_app_may_be_given_with_its_kind(tmp_path: Path, written: str, kind: str) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(_WITH_APP.format(app=written), "utf-8")
    ((found,), _) = load_integrations(path)
    assert (found.app, found.app_kind) == ("Azure Logic Apps", kind)


@pytest.mark.parametrize("written", ["{name: X, kind: oauth-app}", "{kind: connected-app}", "[X]", "7", "''"])
def test_an_app_that_is_neither_a_name_nor_a_name_with_a_kind_is_refused(
    tmp_path: Path, written: str
) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(_WITH_APP.format(app=written), "utf-8")
    with pytest.raises(InputError):
        load_integrations(path)


_WITH_APP = """\
version: 1
integrations:
  - name: one
    app: {app}
    profile: P
    users: [u@acme.example]
    egress: [{{ranges: [203.0.113.1]}}]
    operator_ranges: [198.51.100.7]
"""
