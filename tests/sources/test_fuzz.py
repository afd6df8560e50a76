"""Damaged files: no exception but our own, and no damage that turns a fail into a pass."""

import random
from collections.abc import Callable
from io import BytesIO

import pytest

from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.sources.metadata_files import kind_and_name
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from tests.orgs.metadata import APP, HEALTHY, PROFILE, RANGES, SECURITY, judged, login_range, permission

pytestmark = pytest.mark.xml

BAD = {
    PROFILE: HEALTHY[PROFILE]
    .replace(RANGES, login_range("0.0.0.0", "255.255.255.255"))
    .replace("<custom>", permission("ModifyAllData") + "<custom>"),
    APP: HEALTHY[APP]
    .replace("<isAdminApproved>true", "<isAdminApproved>false")
    .replace("ENFORCE", "BYPASS")
    .replace("specific_inactivity:30:DAYS", "infinite")
    .replace("<scopes>Api", "<scopes>Full")
    .replace("<isPkceRequired>true", "<isPkceRequired>false"),
    SECURITY: HEALTHY[SECURITY]
    .replace("EveryRequest>true", "EveryRequest>false")
    .replace("TwoHours", "TwelveHours"),
}


def flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def delete(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 40) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[: at + chance.randrange(1, 60)] + data[at:]


def junk(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return (
        data[:at]
        + chance.choice([b"<", b"&", b"\x00", b"]]>", b"<<<<<<< HEAD\n", b"<x/>", b"\xff\xfe"])
        + data[at:]
    )


def rename(data: bytes, chance: random.Random) -> bytes:
    """Damage one element's name at both ends, so that the document stays well-formed."""
    names = [
        b"loginIpRanges",
        b"userPermissions",
        b"isAdminApproved",
        b"ipRelaxation",
        b"scopes",
        b"sessionTimeout",
    ]
    name = chance.choice(names)
    at = chance.randrange(len(name))
    return data.replace(name + b">", name[:at] + b"q" + name[at + 1 :] + b">")


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [flip, cut, delete, repeat, junk, rename]


def read(path: str, data: bytes) -> Component | Gap:
    kind, name = kind_and_name(path)
    try:
        return parse_component(BytesIO(data), name, path, max_bytes=10**6, expected=kind)
    except BadMetadata as problem:
        return Gap(what=path, reason=problem.reason, kind=kind or "SecuritySettings", name=name)
    except NotOurs:
        return Gap(what=path, reason="not ours", kind="SecuritySettings", name=name)


def outcome(files: dict[str, bytes]) -> dict[tuple[str, str], str]:
    read_ones = [read(path, data) for path, data in files.items()]
    snapshot = Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="files", name="fuzz"),
        components=tuple(one for one in read_ones if isinstance(one, Component)),
        gaps=tuple(one for one in read_ones if isinstance(one, Gap)),
    )
    return {
        (control, result.subject.name): result.status.value
        for control, results in judged(snapshot).items()
        for result in results
    }


@pytest.mark.parametrize("seed", range(150))
def test_damage_never_turns_a_fail_into_a_pass(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - mutations, not secrets
    whole = {path: text.encode() for path, text in {**HEALTHY, **BAD}.items()}
    before = outcome(whole)
    for path in BAD:
        mutate = chance.choice(MUTATIONS)
        after = outcome({**whole, path: mutate(whole[path], chance)})
        turned = [key for key, status in after.items() if status == "pass" and before.get(key) == "fail"]
        assert not turned, (path, mutate.__name__)
