"""Every kind of call that a check makes, failing in every way: no pass rests on it, no crash, no secret.

The same runs hold `Check.parts` against what the checks do, in both directions.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.checks.registry import CHECKS
from sfharden.cli import main
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.model import org as tables
from sfharden.sources.org.sight import RULES
from tests.orgs.reading import INTEGRATION_FILE, NOW, doors, secrets_of


class Call(NamedTuple):
    """A kind of call: how its requests look, and what is not known without them."""

    path: str
    lost: frozenset[str]


def call(path: str, *lost: str) -> Call:
    return Call(path, frozenset(lost))


# Without knowing what the login holds, any table may be its own rows only.
OWN_ROWS: Final = tuple(rule.kind for rule in RULES)


CALLS: Final = {
    "versions": call(r"services/data/$", tables.METADATA, *tables.TABLES),
    "users": call(r"FROM\+User\+WHERE\+IsActive", tables.USERS),
    "describe": call(r"PermissionSet/describe$", tables.PERMISSION_SETS, *OWN_ROWS),
    "sets": call(r"FROM\+PermissionSet$", tables.PERMISSION_SETS),
    "groups": call(r"FROM\+PermissionSetGroup$", tables.GROUPS),
    "assignments": call(r"FROM\+PermissionSetAssignment", tables.ASSIGNMENTS),
    "profiles": call(r"FROM\+Profile$", tables.PROFILES),
    "apps": call(r"FROM\+ConnectedApplication$", tables.APPS),
    "access": call(r"FROM\+SetupEntityAccess", tables.APP_ACCESS),
    "menu": call(r"FROM\+AppMenuItem$", tables.APPS),
    "token count": call(r"COUNT%28%29\+FROM\+OauthToken", tables.TOKENS),
    "tokens": call(r"UseCount\+FROM\+OauthToken", tables.TOKENS),
    "usage": call(r"apps/oauth/usage\?", tables.EXTERNAL_TOKENS),
    "usage users": call(r"apps/oauth/usage/\w+/users", tables.EXTERNAL_TOKENS),
    "logins": call(r"FROM\+LoginHistory", tables.LOGINS),
    "list": call(r"listMetadata$", tables.METADATA, tables.APPS),
    "retrieve": call(r" retrieve$", tables.METADATA),
    "retrieved": call(r"checkRetrieveStatus$", tables.METADATA),
    "identity": call(r"oauth2/userinfo$", tables.CALLER, *OWN_ROWS),
}
# Told another way when it fails, or nothing rests on it; nothing may be known less surely for it.
SPARE: Final = {
    "held": call(r"FROM\+UserPermissionAccess$"),
    "frozen": call(r"FROM\+UserLogin", tables.FROZEN),
    "organization": call(r"FROM\+Organization$", tables.ORGANIZATION),
    "members": call(r"FROM\+PermissionSetGroupComponent$", tables.GROUP_MEMBERS),
    "muting": call(r"FROM\+MutingPermissionSet$", tables.MUTING_SETS),
}

POLICIES: Final = {name: load_policy(name) for name in DEFAULT_POLICIES}
CHECK_OF: Final = {control.id: control.check for policy in POLICIES.values() for control in policy.controls}

# A part that a control rests on in general, but not in this org.
_RANGES = "a profile that has ranges passes, whoever has it"
_PLAIN = "no permission set is assigned to the app, and no token is asked for"
_UNGROUPED = "the integration's user is in no group"
_CONNECTED = "only external client apps have tokens there, and this is none"
_OWN_ROW = "others' profiles may not be shown, the integration's own is"
_SETTINGS = "settings needn't be listed"
NEEDLESS: Final = {
    **{
        (name, "login-ranges-everywhere"): _RANGES
        for name in ("users", "sets", "assignments", "groups", "describe", "identity", "profiles")
    },
    **{
        (name, "app-limited-to-integration-profile"): _PLAIN
        for name in ("assignments", "menu", "groups", "members")
    },
    ("groups", "integration-profile-least-privilege"): _UNGROUPED,
    ("groups", "integration-user-can-call-api"): _UNGROUPED,
    ("identity", "integration-user-api-only"): "who holds a permission, holds it, whoever is asking",
    **{
        (name, control): _OWN_ROW
        for name in ("describe", "identity")
        for control, check in CHECK_OF.items()
        if check in ("login_ranges_cover_egress", "login_ranges_keep_operator", "login_ranges_bounded")
        or check == "app_ip_enforced"
    },
    **{
        (name, control): _CONNECTED
        for name in ("usage", "usage users")
        for control in ("tokens-held-by-integration-users", "tokens-issued-after-hardening")
    },
    **{
        ("list", control): _SETTINGS
        for control, check in CHECK_OF.items()
        if check in ("setting", "ip_ranges_every_request", "session_timeout", "trusted_ranges")
    },
}
KINDS: Final = (
    FaultKind.STATUS,
    FaultKind.LIMIT,
    FaultKind.SESSION,
    FaultKind.RESET,
    FaultKind.SILENCE,
    FaultKind.TRUNCATED,
    FaultKind.HTML,
)
CASES: Final = [(name, kind) for name in (*CALLS, *SPARE) for kind in KINDS] + [
    ("retrieved", FaultKind.WRONG_ZIP)
]


class Outcome(NamedTuple):
    """What a whole run left."""

    code: int
    report: dict[str, Any]

    @property
    def passes(self) -> set[tuple[str, str, str]]:
        return {
            # An app whose label was not read goes by its API name.
            (one["control"], one["subject"]["name"].replace("_", " "), one["message"])
            for one in self.report.get("results", ())
            if one["status"] == "pass"
        }

    @property
    def gaps(self) -> set[str]:
        found = {one["kind"] for one in self.report.get("gaps", ())}
        return found | {tables.METADATA for kind in found if kind not in (*tables.TABLES, tables.PROFILES)}


Kept = dict[object, Outcome]
_PATIENCE: Final = (0.05, 0.25, 1.0, 5.0)


@dataclass
class Runs:
    """Whole runs of the command line against one org; those that are asked for twice are kept."""

    server: DemoServer
    folder: Path
    capture: pytest.CaptureFixture[str]
    kept: Kept

    def calm(self) -> Outcome:
        if "calm" not in self.kept:
            self.kept["calm"] = self.check()
        return self.kept["calm"]

    def failing(self, name: str, kind: FaultKind) -> Outcome:
        if (name, kind) not in self.kept:
            # Little patience makes silence short; on a busy machine other calls may run out of it first.
            for patience in _PATIENCE if kind is FaultKind.SILENCE else (30.0,):
                rule = Fault(kind, path={**CALLS, **SPARE}[name].path)
                self.kept[name, kind] = self.check(rule, patience=patience)
                if rule.hits:
                    break
            assert rule.hits, "the fault never happened"
        return self.kept[name, kind]

    def check(self, *faults: Fault, patience: float = 30.0) -> Outcome:
        self.server.faults = list(faults)
        target = self.folder / "report.json"
        target.unlink(missing_ok=True)
        arguments = ["check", "--instance-url", self.server.base_url, "-i", str(self.folder / "i.yaml")]
        code = main([*arguments, "-f", "json", "-o", str(target)], doors(patience=patience))
        text = target.read_text("utf-8") if target.exists() else ""
        told = "\n".join((*self.capture.readouterr(), text))
        assert "Traceback" not in told
        assert "A bug" not in told
        for secret in secrets_of(self.server.org):
            assert secret not in told
        return Outcome(code, json.loads(text or "{}"))


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with serve(healthy_org(NOW)) as running:
        yield running


@pytest.fixture(scope="module")
def other_server() -> Iterator[DemoServer]:
    with serve(healthy_org(NOW, external=True)) as running:
        yield running


@pytest.fixture(scope="module")
def kept() -> Kept:
    return {}


@pytest.fixture(scope="module")
def kept_of_other() -> Kept:
    return {}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    # Half of a run's time would go into reading the policies again.
    monkeypatch.setattr("sfharden.commands.judging.load_policy", POLICIES.__getitem__)
    (tmp_path / "i.yaml").write_text(INTEGRATION_FILE, "utf-8")
    return tmp_path


@pytest.fixture
def runs(
    server: DemoServer,
    kept: Kept,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Runs:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
    return Runs(server, folder, capsys, kept)


@pytest.fixture
def external(
    other_server: DemoServer,
    kept_of_other: Kept,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Runs:
    """The integration's app is an external client app, approved by a set that its user has through a group."""
    monkeypatch.setenv("SF_ACCESS_TOKEN", other_server.tokens["auditor"])
    return Runs(other_server, folder, capsys, kept_of_other)


def test_undisturbed_nothing_is_missing(runs: Runs) -> None:
    found = runs.calm()
    assert found.gaps == set()
    assert found.passes


@pytest.mark.parametrize(("name", "kind"), CASES, ids=lambda value: getattr(value, "name", value))
def test_no_pass_rests_on_a_call_that_failed(runs: Runs, name: str, kind: FaultKind) -> None:
    lost, after = {**CALLS, **SPARE}[name].lost, runs.failing(name, kind)
    # The org is a healthy one: a call that fails is no finding, and no reason to call all well.
    assert after.code in ((0, 3, 4) if name in SPARE else (3, 4))
    # Nothing passes for another reason than before, and what was lost is told of.
    assert after.passes <= runs.calm().passes
    if after.code == 3:
        return
    assert after.gaps & lost or name in SPARE
    for control, *_ in after.passes:
        without = set(CHECKS[CHECK_OF[control]].parts) & lost
        assert not without or (name, control) in NEEDLESS, f"{control} passes without {without}"


# What carries the approval of an external client app, and its tokens.
BEARING: Final = {
    **dict.fromkeys(
        ("access", "assignments", "groups", "members", "sets"), "app-limited-to-integration-profile"
    ),
    **dict.fromkeys(("usage", "usage users", "tokens"), "tokens-held-by-integration-users"),
    **dict.fromkeys(("list", "retrieved"), "app-admin-approved"),
}


@pytest.mark.parametrize("kind", [FaultKind.LIMIT, FaultKind.TRUNCATED])
@pytest.mark.parametrize("name", BEARING)
def test_nor_does_one_of_an_external_client_app(external: Runs, name: str, kind: FaultKind) -> None:
    after, lost = external.failing(name, kind), {**CALLS, **SPARE}[name].lost
    assert after.code == 4
    assert after.gaps & lost
    assert after.passes <= external.calm().passes
    assert BEARING[name] not in {control for control, *_ in after.passes}


def test_what_a_lost_call_leaves_unknown_is_said_to_rest_on_it(runs: Runs) -> None:
    """The other direction: what doctor says of a missing part is all that is missing."""
    before = {control for control, *_ in runs.calm().passes}
    for name, call_ in CALLS.items():
        after = {control for control, *_ in runs.failing(name, FaultKind.LIMIT).passes}
        for control in before - after:
            assert set(CHECKS[CHECK_OF[control]].parts) & call_.lost, f"{control} needs '{name}'"


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET, FaultKind.TRUNCATED])
def test_what_passes_by_is_tried_again(runs: Runs, kind: FaultKind) -> None:
    """Once each: a second try helps, and the run is as good as an undisturbed one."""
    before, after = runs.calm(), runs.check(Fault(kind, once_each=True))
    assert (after.code, after.gaps, after.passes) == (before.code, set(), before.passes)


class FromOn(Fault):
    """A fault that stays from the nth request of a run on."""

    def hits_request(self, ordinal: int, label: str) -> bool:
        if ordinal < (self.nth or 0):
            return False
        self.hits += not re.search(SPARE["held"].path, label)
        return True


@pytest.mark.parametrize("kind", [FaultKind.SESSION, FaultKind.LIMIT])
@pytest.mark.parametrize("after", [0, 1, 2, 6, 10, 14, 18, 22, 25])
def test_a_run_that_breaks_off_keeps_what_it_has_and_passes_nothing_more(
    runs: Runs, kind: FaultKind, after: int
) -> None:
    before = runs.calm()
    rule = FromOn(kind, nth=runs.server.started + 1 + after)
    outcome = runs.check(rule)
    assert outcome.passes <= before.passes
    if not rule.hits:  # Calls come in no order: only the one that can be spared may have been left.
        assert (outcome.code, outcome.gaps) == (before.code, set())
        return
    assert outcome.code in ((3,) if after < 2 else (3, 4))
    assert outcome.gaps or outcome.code == 3
