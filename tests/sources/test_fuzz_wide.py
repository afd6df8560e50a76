"""Three hundred damaged files of every kind, and real ones: our own errors only, and no fail becomes a pass.

Damage is what another XML reader calls malformed, or finds elements, text or attributes in that the whole
file had not. A mutation that leaves another valid file, with a value or an element less, is no damage.
"""

import os
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.model.snapshot import Component, Gap
from sfharden.sources.metadata_files import kind_and_name
from sfharden.sources.metadata_types import SETTINGS_NAMES
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from tests.orgs import healthy
from tests.orgs.metadata import APP, INTEGRATION, NOW, PROFILE, RANGES, SECURITY, login_range, permission

pytestmark = pytest.mark.xml

CORPUS = Path(os.environ.get("SFHARDEN_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
Files = Mapping[str, bytes]

_WIDE = "<networkAccess><ipRanges><end>99.0.0.0</end><start>1.0.0.0</start></ipRanges></networkAccess>"
_BAD_ORG = {
    PROFILE: (
        (RANGES, login_range("0.0.0.0", "127.255.255.255") + login_range("128.0.0.0", "255.255.255.255")),
        ("<custom>true", f"{permission('ModifyAllData')}{permission('UseAnyApiClient')}<custom>false"),
    ),
    SECURITY: (
        ("EveryRequest>true", "EveryRequest>false"),
        ("TwoHours", "TwelveHours"),
        ("<networkAccess/>", _WIDE),
    ),
    healthy.OVERRIDE: ((">30<", ">480<"),),
    "settings/OauthOidc.settings": ((">true<", ">false<"),),
    "settings/MyDomain.settings": ((">true<", ">false<"),),
    "settings/ConnectedApp.settings": ((">true<", ">false<"),),
    "settings/ExternalClientApp.settings": ((">false<", ">true<"),),
}
_BAD_CONNECTED = {
    APP: (
        ("Approved>true", "Approved>false"),
        ("Tokens>false", "Tokens>true"),
        ("Required>true", "Required>false"),
        ("ENFORCE", "BYPASS"),
        ("specific_inactivity:30:DAYS", "infinite"),
        ("<scopes>Api", "<scopes>Full</scopes><scopes>Api"),
    ),
}
_BAD_EXTERNAL = {
    healthy.ECA_OAUTH: (("Api,", "Full, Api,"),),
    healthy.ECA_GLOBAL: (("Required>true", "Required>false"), ("Tokens>false", "Tokens>true")),
    healthy.ECA_OAUTH_POLICY: (
        ("AdminApprovedPreAuthorized", "AllSelfAuthorized"),
        (">Enforce<", ">Bypass<"),
        ("SpecificInactivity", "SpecificLifetime"),
        (">30<", ">400<"),
    ),
}
# An app that is admin-approved for too many: here it's the lists that fail.
_SHARED_APP = {APP: (("<profileName>", "<profileName>Standard</profileName><profileName>"),)}


@cache
def orgs() -> tuple[Files, ...]:
    """Orgs in which nearly every control fails, each in its own way."""
    made = []
    for base, more in (
        (healthy.CONNECTED, {**_BAD_ORG, **_BAD_CONNECTED}),
        (healthy.EXTERNAL, {**_BAD_ORG, **_BAD_EXTERNAL}),
        (healthy.CONNECTED, _SHARED_APP),
    ):
        files = dict(base)
        for path, swaps in more.items():
            files = healthy.swapped(files, path, *swaps)
        made.append({path: text.encode() for path, text in files.items()})
    return tuple(made)


def read(path: str, data: bytes) -> Component | Gap:
    """What a source gives of one file. Any other exception fails the test."""
    kind, name = kind_and_name(path)
    try:
        return parse_component(BytesIO(data), name, path, max_bytes=10**8, expected=kind)
    except (BadMetadata, NotOurs) as problem:
        found = kind or SETTINGS_NAMES[name.lower()]
        return Gap(what=path, reason=str(problem), kind=found, name=name)


Outcome = dict[tuple[str, str], str]


def outcome(files: Files) -> Outcome:
    snapshot = healthy.assembled(read(*item) for item in files.items())
    results = evaluate(snapshot, healthy.shipped(), (INTEGRATION,), (), NOW, "0").results
    return {(one.control, one.subject.name): one.status.value for one in results}


def shape(data: bytes) -> frozenset[str] | None:
    """The paths of the elements and attributes, as another reader sees them; None if it sees none."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - made above
    except (ET.ParseError, ValueError, LookupError):
        return None
    return frozenset(_paths(root, ""))


def _paths(element: ET.Element, above: str) -> Iterator[str]:
    path = f"{above}/{element.tag}"
    yield path
    yield from (f"{path}@{name}" for name in element.attrib)
    if len(element) and (element.text or "").strip():
        yield f"{path} text"
    for child in element:
        yield from _paths(child, path)
        if (child.tail or "").strip():
            yield f"{path} text"
    if not len(element):
        yield f"{path} leaf"


def is_damage(whole: bytes, mutated: bytes) -> bool:
    before, after = shape(whole), shape(mutated)
    return after is None or before is None or not after <= before


# Mutations ------------------------------------------------------------------------------------


def flip(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def delete(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 120) :]


def repeat(data: bytes, chance: Random) -> bytes:
    start, end = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    return data[:end] + data[start:end] + data[end:]


def move(data: bytes, chance: Random) -> bytes:
    one, two, three = sorted(chance.randrange(len(data)) for _ in range(3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def truncate(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data))]


def rename(data: bytes, chance: Random) -> bytes:
    """One letter of one element's name, in both its tags."""
    name, element = chance.choice(list(healthy.elements(data.decode())))
    at = chance.randrange(len(name))
    new = name[:at] + chance.choice(["", "q", "Q", name[at] * 2]) + name[at + 1 :] or "q"
    damaged = element.replace(f"<{name}", f"<{new}", 1)
    damaged = f"</{new}>".join(damaged.rsplit(f"</{name}>", 1))
    return data.decode().replace(element, damaged, 1).encode()


_JUNK = (
    "<", ">", "&", "\0", "]]>", "<![CDATA[", "<!--", "-->", "<?x?>", "<x/>", "<!DOCTYPE a>", "=======\n",
    "\n=======\n", "\n>>>>>>> b\n", "<<<<<<< HEAD\n", "true", "junk", "\ufeff", "\u202e", "<a xmlns='b'>",
)  # fmt: skip


def insert(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(_JUNK).encode() + data[at:]


def insert_between(data: bytes, chance: Random) -> bytes:
    """Junk beside a tag, where a document often stays well-formed."""
    at = chance.choice([place for place, byte in enumerate(data) if byte == ord(">")]) + 1
    return data[:at] + chance.choice(_JUNK).encode() + data[at:]


MUTATIONS: list[Callable[[bytes, Random], bytes]] = [
    flip, delete, repeat, move, truncate, rename, insert, insert_between,
]  # fmt: skip


def better(before: Outcome, after: Outcome) -> list[tuple[str, str]]:
    return [key for key, status in after.items() if status == "pass" and before.get(key) == "fail"]


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("org", range(3))
def test_no_damage_turns_a_fail_into_a_pass(org: int, seed: int) -> None:
    chance, files = Random(f"{org} {seed}"), orgs()[org]  # noqa: S311 - mutations, not secrets
    before = _before(org)
    path = chance.choice(sorted(files))
    mutate = MUTATIONS[seed % len(MUTATIONS)]
    mutated = mutate(files[path], chance)
    after = outcome({**files, path: mutated})
    if is_damage(files[path], mutated):
        assert not better(before, after), (path, mutate.__name__)


@cache
def _before(org: int) -> Outcome:
    return outcome(orgs()[org])


def test_the_fuzzing_does_damage_and_there_is_something_to_lose() -> None:
    damaged = 0
    for seed in range(200):
        chance, data = Random(seed), orgs()[seed % 2][PROFILE]  # noqa: S311 - mutations, not secrets
        damaged += is_damage(data, MUTATIONS[seed % len(MUTATIONS)](data, chance))
    assert damaged > 100
    assert [list(_before(org).values()).count("fail") >= least for org, least in enumerate([17, 17, 1])]
    assert not is_damage(b"<a><b>1</b><b>2</b></a>", b"<a><b>3</b></a>")


@cache
def real_files() -> list[Path]:
    """Profiles, connected apps and security settings of the corpus, but the largest."""
    if not CORPUS.is_dir():
        return []
    folders = ("profiles", "connected-apps", "security-settings")
    found = sorted(path for folder in folders for path in (CORPUS / folder).iterdir())
    return [path for path in found if path.stat().st_size < 150_000 and shape(path.read_bytes())]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("seed", range(300))
def test_no_damage_to_a_real_file_turns_a_fail_into_a_pass(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - mutations, not secrets
    path = chance.choice(real_files())
    place = {"profiles": PROFILE, "connected-apps": APP}.get(
        path.parent.name, f"settings/{path.name.split('__')[-1].removesuffix('-meta.xml')}"
    )
    whole = path.read_bytes()
    mutate = MUTATIONS[seed % len(MUTATIONS)]
    mutated = mutate(whole, chance)
    if is_damage(whole, mutated):
        rest = orgs()[2]
        before, after = outcome({**rest, place: whole}), outcome({**rest, place: mutated})
        assert not better(before, after), (path.name, mutate.__name__)
