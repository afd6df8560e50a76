"""Orgs by chance whose app has an allowlist or none: what each row says for sure is what the embedded org does.

The embedded org imports nothing of sfharden, so it judges by itself. `SFHARDEN_RANDOM_ORGS=100` makes it 100 orgs.
"""

import copy
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Final

import pytest

from sfharden.access.facts import Flow, Outcome
from sfharden.addresses import AddressSet, format_address
from sfharden.emulator.access import enter
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import (
    APP_LABEL,
    APP_NAME,
    EGRESS,
    INTEGRATION_USER,
    OPERATOR,
    PROFILE,
    healthy_org,
)
from sfharden.emulator.grants import Grant, GrantRefusedError, sign_in
from sfharden.emulator.http.server import serve
from sfharden.emulator.records import User
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    Pair,
    allowlist_file,
    connected_app_xml,
    external_app_files,
    profile_xml,
    security_xml,
)
from sfharden.emulator.wire import SOURCE_HEADER, Request
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.matrix import matrix
from sfharden.simulation.rows import Case, Row
from sfharden.sources.org.read import read_org
from sfharden.sources.org.wanted import Wanted
from tests.orgs.constants import NOW
from tests.orgs.served import INTEGRATION, connected

ORGS: Final = int(os.environ.get("SFHARDEN_RANDOM_ORGS", "12"))
_OTHER: Final = "Standard"
_APP_FILE: Final = f"connectedApps/{APP_NAME}.connectedApp"
_WAY_IN: Final = (OPERATOR, OPERATOR)
_LISTS: Final[tuple[tuple[Pair, ...], ...]] = (
    (),
    (EGRESS,),
    (EGRESS, _WAY_IN),
    (("203.0.113.0", "203.0.113.7"),),
    (EGRESS, ("100.64.0.0", "100.64.0.99"), ("2001:db8::", "2001:db8::7f")),
    (("192.0.2.60", "192.0.2.80"),),
)
_RANGES: Final[tuple[list[Pair], ...]] = (
    [EGRESS, _WAY_IN],
    [EGRESS, _WAY_IN],
    [],
    [],
    [EGRESS, _WAY_IN, ("100.64.0.0", "100.64.255.255"), ("2001:db8::", "2001:db8::ffff")],
    [("203.0.113.8", "203.0.113.15"), _WAY_IN],
)
_RELAXATIONS: Final = ("ENFORCE", "ENFORCE", "ENFORCE_RELAXREFRESH", "BYPASS_2FACTOR", "BYPASS")
_EXTERNAL: Final = dict(
    zip(_RELAXATIONS, ("Enforce", "Enforce", "Enforce_RelaxRefresh", "Bypass_2factor", "Bypass"), strict=True)
)


# Orgs -------------------------------------------------------------------------------------------


def random_org(chance: Random) -> DemoOrg:
    """An org whose app is of either kind, binds whom it likes, and whose integration may work or not."""
    external = chance.random() < 0.5
    org = healthy_org(NOW, external=external)
    relaxation, listed = chance.choice(_RELAXATIONS), chance.choice(_LISTS)
    approved = chance.random() < 0.8
    if external:
        org.metadata.update(_external_app(relaxation, approved))
        org.metadata.update(allowlist_file(APP_NAME, listed))
        if not listed and chance.random() < 0.5:
            del org.metadata[next(iter(allowlist_file(APP_NAME, ())))]
    else:
        org.metadata[_APP_FILE] = connected_app_xml(
            APP_LABEL, relaxation=relaxation, admin_approved=approved, profiles=[PROFILE], bound=bool(listed)
        )
        org.token_lists[APP_NAME] = listed
    org.metadata[f"profiles/{PROFILE}.profile"] = profile_xml(
        {"ApiEnabled"}, ranges=chance.choice(_RANGES), licence="Salesforce Integration"
    )
    org.metadata[f"profiles/{_OTHER}.profile"] = profile_xml(
        {"ApiEnabled"}, ranges=chance.choice(_RANGES), custom=False
    )
    org.metadata["settings/Security.settings"] = security_xml(every_request=chance.random() < 0.6)
    sync(org)
    if chance.random() < 0.3:
        org.versions = chance.choice((("66.0",), ("67.0",)))
    return org


def _external_app(relaxation: str, approved: bool) -> dict[str, bytes]:
    permitted = "AdminApprovedPreAuthorized" if approved else "AllSelfAuthorized"
    return external_app_files(
        APP_NAME,
        APP_LABEL,
        ipRelaxationPolicyType=_EXTERNAL[relaxation],
        permittedUsersPolicyType=permitted,
        commaSeparatedProfile=PROFILE,
    )


def snapshot_of(org: DemoOrg) -> Snapshot:
    with serve(org) as server, connected(server) as connection:
        return read_org(connection, Wanted(logins_since=NOW), "0").snapshot


# What happens -----------------------------------------------------------------------------------


def _grants(flow: str, app: str) -> Callable[[DemoOrg, User, str], object]:
    return lambda org, user, source: sign_in(
        org, Grant(app, user, flow, source, None, pre_approved=flow == "jwt")
    )


def _calls(org: DemoOrg, user: User, source: str) -> object:
    request = Request(
        "GET", "/services/data/v68.0/limits", {SOURCE_HEADER: source}, b"", "http://org.example"
    )
    return enter(org, org.open_session(user, APP_NAME), request)


_TRIES: Final[Mapping[Flow, Callable[[DemoOrg, User, str], object]]] = {
    Flow.REFRESH: _grants("refresh", APP_NAME),
    Flow.CODE_EXCHANGE: _grants("web", APP_NAME),
    Flow.JWT_BEARER: _grants("jwt", APP_NAME),
    Flow.LOGIN: _grants("login", ""),
    Flow.API_CALL: _calls,
}


def gets_in(org: DemoOrg, user: User, flow: Flow, source: str) -> bool:
    try:
        _TRIES[flow](org, user, source)
    except (GrantRefusedError, RefusalError):
        return False
    return True


def without_list(org: DemoOrg) -> DemoOrg:
    """The org as a browser meets it, whose code somebody else redeems: the list binds that one alone."""
    other = copy.copy(org)
    other.metadata = {
        path: text.replace(b"isIpBindingEnabled>true", b"isIpBindingEnabled>false")
        for path, text in org.metadata.items()
        if not path.endswith(".ecaOauthSecurity")
    }
    return other


def people(org: DemoOrg, case: Case) -> list[User]:
    name = case.who.removeprefix("users of ").strip("'")
    if one := org.user(name):
        return [one]
    profile = org.profile(name)
    found = [one for one in org.users if profile and one.profile_id == profile.id and one.is_active]
    return [one for one in found if one.username != INTEGRATION_USER and not one.is_frozen]


def sample(addresses: AddressSet, chance: Random) -> list[str]:
    low, high = chance.choice(addresses.intervals)
    numbers = {addresses.intervals[0][0], addresses.intervals[-1][1], low, chance.randint(low, high)}
    return [format_address(one) for one in sorted(numbers)]


def tried(org: DemoOrg, row: Row, chance: Random) -> Iterator[tuple[str, Outcome]]:
    """Every part of a row that is told for sure, and what comes of it; a mistake is told in words."""
    met = without_list(org) if row.id == "operator" else org
    for case in row.cases:
        for part in case.decision.parts:
            if part.outcome is Outcome.CANNOT_TELL:
                continue
            for user in people(org, case):
                for source in sample(part.addresses, chance):
                    happened = Outcome.ALLOWED if gets_in(met, user, case.flow, source) else Outcome.REFUSED
                    wrong = happened is not part.outcome
                    yield (f"{row.id}: {case.who} from {source}: {part.outcome}" if wrong else ""), happened


@pytest.mark.parametrize("block", range(4))
def test_what_is_told_for_sure_is_what_the_org_does(block: int) -> None:
    """The row of the look-alike is left out: its app is another one, which the integration's list doesn't bind."""
    seen: Counter[tuple[str, Outcome]] = Counter()
    for seed in range(block, ORGS, 4):
        chance = Random(seed)  # noqa: S311 - the same seed gives the same org
        org = random_org(chance)
        for row in matrix(snapshot_of(org), INTEGRATION):
            if row.id == "look-alike-app":
                continue
            for wrong, happened in tried(org, row, chance):
                assert not wrong, (seed, wrong)
                seen[row.id, happened] += 1
    assert {name for name, _ in seen} >= {"stolen-refresh-token", "operator", "calling"}
    assert seen["stolen-refresh-token", Outcome.REFUSED]
