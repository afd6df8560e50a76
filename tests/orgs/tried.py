"""What the embedded org really does: a package deployed, and people who try to get in from an address."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

from sfharden.access.facts import Flow, Outcome
from sfharden.addresses import AddressSet, format_address
from sfharden.emulator import ids, kinds
from sfharden.emulator.access import enter
from sfharden.emulator.backend import Backend, DeployJob
from sfharden.emulator.deploy import run as deploying
from sfharden.emulator.generate import APP_NAME, INTEGRATION_USER
from sfharden.emulator.grants import Grant, GrantRefusedError, sign_in
from sfharden.emulator.http.oauth_routes import answer
from sfharden.emulator.records import User
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import SOURCE_HEADER, Request
from sfharden.simulation.rows import Case, Row, Wish
from tests.orgs.random_orgs import KEY, TOKEN

LOOK_ALIKE: Final = "Azure Logic App"
_NOBODYS: Final = frozenset({"AutomatedProcess", "CloudIntegrationUser", "Guest"})
_APPROVE: Final = "CanApproveUninstalledApps"


# Deploying ---------------------------------------------------------------------------------------


def write_package(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files as a package, with a manifest."""
    members: dict[str, list[str]] = {}
    for path in files:
        kind, name = kinds.kind_of(path) or (kinds.KINDS["Settings"], path)
        members.setdefault(kind.name, []).append(name)
    types = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    package = (
        f'<Package xmlns="http://soap.sforce.com/2006/04/metadata">{types}<version>68.0</version></Package>'
    )
    for path, content in {**files, "package.xml": package.encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def deployed(org: DemoOrg, folder: Path) -> bool:
    """Deploy a package; False if the org refused it, and nothing changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    result = deploying.run(org, DeployJob(0, False, content.getvalue(), {}, org.users[0].id))
    return bool(result.get("success"))


# Trying ------------------------------------------------------------------------------------------


def gets_in(org: DemoOrg, user: User, flow: Flow, app: str, source: str) -> bool:
    """Whether a user, coming from an address by a flow, is let in; each has what the flow takes."""
    try:
        _TRIES[flow](org, user, app, source)
    except (GrantRefusedError, RefusalError):
        return False
    return True


def _request(source: str, **form: str) -> Request:
    body = urlencode(form).encode()
    return Request("POST", "/services/oauth2/token", {SOURCE_HEADER: source}, body, "http://org.example")


def _token(org: DemoOrg, source: str, **form: str) -> None:
    reply = answer(Backend(org), _request(source, client_id=KEY, **form))
    if reply.status != 200:
        raise GrantRefusedError("refused", "the token endpoint says no")


def _refreshes(org: DemoOrg, user: User, app: str, source: str) -> None:
    assert user.username == INTEGRATION_USER
    _token(org, source, grant_type="refresh_token", refresh_token=ids.refresh_token(TOKEN))


def _calls(org: DemoOrg, user: User, app: str, source: str) -> None:
    enter(org, org.open_session(user, app), _request(source))


def _exchanges(org: DemoOrg, user: User, app: str, source: str) -> None:
    _token(org, source, grant_type="authorization_code", code=org.authorise(app, user.username))


def _asserts(org: DemoOrg, user: User, app: str, source: str) -> None:
    sign_in(org, Grant(app, user, "jwt", source, None, pre_approved=True))


def _signs_in(org: DemoOrg, user: User, app: str, source: str) -> None:
    sign_in(org, Grant("", user, "login", source, None))


_TRIES: Final[Mapping[Flow, Callable[[DemoOrg, User, str, str], None]]] = {
    Flow.REFRESH: _refreshes,
    Flow.API_CALL: _calls,
    Flow.CODE_EXCHANGE: _exchanges,
    Flow.JWT_BEARER: _asserts,
    Flow.LOGIN: _signs_in,
}


# Rows against what happens -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Differs:
    """Something that was said for sure, and that happened otherwise."""

    row: str
    who: str
    source: str
    said: Outcome

    def __str__(self) -> str:
        return f"{self.row}: {self.who} from {self.source} was said to be {self.said}"


def differences(org: DemoOrg, row: Row, chance: Random) -> Iterator[Differs]:
    """Every case of a row tried from a few addresses of each of its parts; whom nobody is sure of may fare either way."""
    app = LOOK_ALIKE if row.id == "look-alike-app" else APP_NAME
    for case in row.cases:
        people = _people(org, case)
        for part in case.decision.parts:
            if part.outcome is Outcome.CANNOT_TELL or not people:
                continue
            for source in _sample(part.addresses, chance):
                fates = {gets_in(org, user, case.flow, app, source) for user in people}
                if (True in fates) is not (part.outcome is Outcome.ALLOWED):
                    yield Differs(row.id, case.who, source, part.outcome)


def is_broken(org: DemoOrg, row: Row, chance: Random) -> bool:
    """True if something that must keep working does not, whatever was said of it."""
    return row.wish is Wish.KEEP_WORKING and any(
        not gets_in(org, user, case.flow, APP_NAME, source)
        for case in row.cases
        for user in _people(org, case)
        for part in case.decision.parts
        for source in _sample(part.addresses, chance)
    )


def _sample(addresses: AddressSet, chance: Random) -> list[str]:
    """The two ends, and two addresses between them."""
    spans = addresses.intervals
    low, high = chance.choice(spans)
    numbers = {spans[0][0], spans[-1][1], chance.randint(low, high), chance.choice(spans)[0]}
    return [format_address(one) for one in sorted(numbers)]


def _people(org: DemoOrg, case: Case) -> list[User]:
    """The users whom a case is about: one by name, those of a profile, or all others."""
    name = case.who.removeprefix("users of ").strip("'")
    if not case.who.startswith("users of ") and (one := org.user(name)):
        return [one]
    others = [one for one in org.users if one.username != INTEGRATION_USER and _can_sign_in(one)]
    if case.who == "anybody else":
        return [one for one in others if _APPROVE not in org.permissions_of(one)]
    profile = org.profile(name)
    assert profile is not None, case.who
    found = [one for one in others if one.profile_id == profile.id]
    return found or [org.add_user(f"new{org.next_number()}@acme.example", profile.full_name)]


def _can_sign_in(user: User) -> bool:
    return user.is_active and not user.is_frozen and user.user_type not in _NOBODYS
