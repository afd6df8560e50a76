"""One judge: `check` and `verify` answer every question about what was seen alike, and pass on nothing but evidence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.observed import (
    BOTH_SEEN,
    FRESH_TOKENS,
    HELD,
    IN_PLACE,
    INSIDE,
    QUESTIONS,
    Observation,
    verify,
    worst,
)
from sfharden.model import org
from sfharden.model.integration import Attempt, Egress, Integration
from sfharden.model.results import Result
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.sources.snapshot_file import save_snapshot
from tests.conftest import Run
from tests.orgs.constants import NOW
from tests.orgs.files import APP, swapped
from tests.orgs.healthy import control, integration, policy_of
from tests.orgs.metadata import PROFILE, login_range, permission, snapshot_of, without, xml
from tests.orgs.running import (  # fmt: skip
    DANA,
    EGRESS,
    ELSEWHERE,
    FILES,
    HARDENED,
    HARDENED_INTEGRATION,
    OPERATOR,
    P_STANDARD,
    SVC,
    TAKEN,
    USERS,
    login,
    running,
    token,
)

SUCCESS, REFUSAL = login(), login(source=ELSEWHERE, status="Restricted IP", days=2)
TRIED = HARDENED + timedelta(days=2)
LONG_AGO = TAKEN - timedelta(days=400)
GONE = ("svc@acme.example", "gone@acme.example")
POLICY: Final = policy_of(*(control(one) for one in QUESTIONS))


@dataclass(frozen=True)
class Case:
    """A situation, and what both must say: of the controls that aren't named, that they pass."""

    expected: Mapping[str, str]
    tables: Mapping[str, Any] = field(default_factory=dict)
    by: Mapping[str, Any] = field(default_factory=dict)
    ranges: str | None = None
    gaps: tuple[Gap, ...] = ()
    words: str = ""

    @property
    def snapshot(self) -> Snapshot:
        files = dict(FILES)
        if self.ranges is not None:
            files[PROFILE] = xml("Profile", f"<custom>true</custom>{self.ranges}{permission('ApiEnabled')}")
        return running(files, *self.gaps, **self.tables)

    @property
    def integration(self) -> Integration:
        return integration(**{"hardened_at": HARDENED, **self.by})


def judged(snapshot: Snapshot, by: Integration) -> dict[str, Result]:
    """What `check` says."""
    return {one.control: one for one in evaluate(snapshot, [POLICY], [by], (), TAKEN, "0").results}


def told(snapshot: Snapshot, by: Integration = HARDENED_INTEGRATION) -> dict[str, Observation]:
    """What `verify` says, by finding."""
    return {one.id: one for one in verify(snapshot, by).findings}


def by_control(snapshot: Snapshot, by: Integration) -> dict[str, str]:
    """What `verify` comes to, by the control that asks."""
    found = verify(snapshot, by).findings
    return {name: worst(one for one in found if one.control == name).value for name in QUESTIONS}


def seen(*logins: org.Login) -> dict[str, Any]:
    return {"logins": logins}


def tried(status: str, source: str = ELSEWHERE) -> dict[str, Any]:
    """A success from egress, and one login from elsewhere that came out so."""
    return seen(SUCCESS, login(source=source, status=status, days=2))


def attempt(at: datetime = TRIED, source: str = ELSEWHERE) -> dict[str, Any]:
    return {"attempts": (Attempt(at=at, from_=source),)}


UNKNOWN, FAIL = {BOTH_SEEN: "unknown"}, {BOTH_SEEN: "fail"}
UNCLEAR = {BOTH_SEEN: "unknown", INSIDE: "unknown"}  # it may even have got in
OPERATOR_RANGE = login_range("198.51.100.7", "198.51.100.7")
NARROW = {"egress": ["192.0.2.3"]}
SIX = login_range("2001:db8::", "2001:db8::ffff")
MOVED = tuple(one._replace(profile_id=P_STANDARD) if one.id == SVC else one for one in USERS)

CASES: dict[str, Case] = {
    "everything was seen": Case({}),
    "no ranges": Case(UNCLEAR, ranges="", words="keep nobody out"),
    "ranges that hold everybody": Case(
        UNKNOWN, ranges=login_range("0.0.0.0", "255.255.255.255"), words="keep nobody out"
    ),
    "a range that can't be read": Case(UNCLEAR, ranges=login_range("1.2.3", "4")),
    "a wrong password from outside": Case(UNKNOWN, tried("Invalid Password"), words="'Invalid Password'"),
    "a lockout from outside": Case(UNKNOWN, tried("Password Lockout"), words="another reason"),
    "not approved for the app": Case(UNKNOWN, tried("Failed: Not approved for access"), words="another reason"),
    "refused by the app's own list": Case(UNKNOWN, tried("Failed: IP Address Not Allowed"), words="another reason"),
    "an attempt inside the ranges": Case(UNKNOWN, tried("Restricted IP", "192.0.2.9"), NARROW),
    "an attempt from the operator's ranges": Case(
        UNKNOWN, tried("Restricted IP", OPERATOR), ranges=login_range("192.0.2.0", "192.0.2.15")
    ),
    "an unknown status in another language": Case(UNCLEAR, tried("成功"), words="'成功' from 100.64.3.2"),
    "an unknown status that is new": Case(UNCLEAR, tried("Something New: 42"), words="'Something New: 42'"),
    "a failure without a known reason": Case(UNKNOWN, tried("Failed: Something New"), words="'Failed: Something New'"),
    "no status at all": Case(UNCLEAR, tried("")),
    "a declared attempt": Case({}, tried("Échec de la connexion"), attempt()),
    "the last two from egress in one second, one of them a failure": Case(
        UNKNOWN, seen(SUCCESS, SUCCESS._replace(status="Failed: x", login_type="Other")), words="one failed"
    ),
    "a declared attempt, some minutes off": Case({}, tried("Failed: x"), attempt(TRIED - timedelta(minutes=5))),
    "a declared attempt at another time": Case(UNCLEAR, tried("Échec"), attempt(TRIED - timedelta(minutes=6))),
    "a declared attempt from another address": Case(UNCLEAR, tried("Échec"), attempt(source="100.64.3.3")),
    "a declared attempt with a wrong password": Case(UNKNOWN, tried("invalid password"), attempt()),
    "a declared attempt among others from that address": Case(
        UNCLEAR, seen(SUCCESS, login(source=ELSEWHERE, status="成功", days=2, times=10)), attempt()
    ),
    "a declared attempt by somebody else": Case(
        UNKNOWN, seen(SUCCESS, login(DANA, ELSEWHERE, status="Échec", days=2)), attempt()
    ),
    "a declared attempt before the hardening": Case(
        UNKNOWN, seen(SUCCESS, login(source=ELSEWHERE, status="Échec", days=-1)), attempt(HARDENED - timedelta(days=1))
    ),
    "a declared attempt from inside the ranges": Case(
        UNKNOWN, tried("Échec", "192.0.2.9"), {**NARROW, **attempt(source="192.0.2.9")}
    ),
    "a declared attempt that got in": Case({BOTH_SEEN: "fail", INSIDE: "fail"}, tried("Success"), attempt()),
    "nothing seen yet": Case(UNCLEAR, {"logins": (), "tokens": ()}, words="No login of the integration"),
    "only success from egress": Case(UNKNOWN, seen(SUCCESS), words="refused by its address"),
    "only a refusal": Case(UNKNOWN, seen(REFUSAL), words="from an egress address"),
    "the operator's own success": Case(UNKNOWN, seen(login(source=OPERATOR), REFUSAL), words="from an egress address"),
    "a success in another language": Case(UNKNOWN, seen(login(status="Success\u200b"), REFUSAL)),
    "refused before the hardening": Case(
        UNKNOWN, seen(SUCCESS, login(source=ELSEWHERE, status="Restricted IP", days=-1))
    ),
    "refused by IPv6": Case({}, tried("Restricted IP", "2001:db8:1::1")),
    "refused by IPv6 inside the ranges": Case(
        UNKNOWN, tried("Restricted IP", "2001:DB8::1"), ranges=OPERATOR_RANGE + SIX + login_range("192.0.2.0", "192.0.2.15")
    ),
    "refused by a profile of another user": Case(UNKNOWN, {"users": MOVED}, words="without the integration's profile"),
    "hardened longer ago than logins are kept": Case(
        {}, {"logins_since": TAKEN - timedelta(days=180)}, {"hardened_at": LONG_AGO}
    ),
    "hardened long ago, and nothing seen since": Case(
        UNCLEAR, {"logins_since": TAKEN - timedelta(days=180), "logins": ()}, {"hardened_at": LONG_AGO}
    ),
    "hardened long ago, and fewer logins read than are kept": Case(
        UNCLEAR, {"logins_since": TAKEN - timedelta(days=90)}, {"hardened_at": LONG_AGO}
    ),
    "a success from elsewhere": Case(
        {BOTH_SEEN: "fail", INSIDE: "fail"}, seen(SUCCESS, REFUSAL, login(source=ELSEWHERE)), words=ELSEWHERE
    ),
    "a success inside the ranges, but nobody's": Case(FAIL, seen(SUCCESS, REFUSAL, login(source="192.0.2.9")), NARROW),
    "a success from elsewhere, in words that nobody knows": Case(
        UNCLEAR, seen(SUCCESS, REFUSAL, login(source="100.64.3.9", status="成功")), words="成功"
    ),
    "a failure from elsewhere whose reason nobody knows": Case(
        {}, seen(SUCCESS, REFUSAL, login(source="100.64.3.9", status="Failed: Something New"))
    ),
    "a success from no address": Case(
        UNCLEAR, seen(SUCCESS, REFUSAL, login(source="Salesforce.com IP"))
    ),
    "refused from egress since": Case(FAIL, seen(SUCCESS, REFUSAL, login(status="Restricted IP", days=3))),
    "refused from egress, and let in again": Case(
        {}, seen(login(days=3), REFUSAL, login(status="Restricted IP", days=1))
    ),
    "the last from egress is not known": Case(UNKNOWN, seen(SUCCESS, REFUSAL, login(status="???", days=3)), words="'???'"),
    "a success from elsewhere while a user is unknown": Case(
        {BOTH_SEEN: "fail", INSIDE: "fail", HELD: "pass"}, seen(SUCCESS, REFUSAL, login(source=ELSEWHERE)), {"users": GONE}
    ),
    "all is well with one user, and another is unknown": Case(
        UNCLEAR, by={"users": GONE}, words="gone@acme.example"
    ),
    "a foreign holder while a user is unknown": Case(
        {BOTH_SEEN: "unknown", INSIDE: "unknown", HELD: "fail"}, {"tokens": (token(DANA),)}, {"users": GONE}
    ),
    "an unread holder while a user is unknown": Case(
        {BOTH_SEEN: "unknown", INSIDE: "unknown", HELD: "unknown"},
        {"tokens": (token("005000000000009AAA"),)},
        {"users": GONE},
    ),
    "a foreign holder": Case({HELD: "fail"}, {"tokens": (token(), token(DANA))}),
    "an old token": Case({FRESH_TOKENS: "fail"}, {"tokens": (token(days=-1),)}),
    "an old token under the app's name": Case({FRESH_TOKENS: "fail"}, {"tokens": (token(days=-1, app=""),)}),
    "no token at all": Case({}, {"tokens": ()}),
    "no hardened_at": Case(
        {BOTH_SEEN: "unknown", FRESH_TOKENS: "unknown"}, by={"hardened_at": None}, words="no hardened_at"
    ),
    "hardened after the org was read": Case(
        {BOTH_SEEN: "unknown", FRESH_TOKENS: "unknown", INSIDE: "unknown"},
        {"tokens": (token(days=-1),)},
        {"hardened_at": TAKEN + timedelta(seconds=1)},
        words="before hardened_at",
    ),
    "logins cut off": Case(
        UNCLEAR, gaps=(Gap(what="x", reason="cut off", kind=org.LOGINS),), words="cut off"
    ),
    "tokens cut off": Case(
        {FRESH_TOKENS: "unknown", HELD: "unknown"}, gaps=(Gap(what="x", reason="cut off", kind=org.TOKENS),)
    ),
    "users cut off": Case({INSIDE: "unknown"}, gaps=(Gap(what="x", reason="cut off", kind=org.USERS),)),
    "no logins read": Case(UNCLEAR, {"logins": None}),
    "logins read since later only": Case(
        UNCLEAR, {"logins_since": HARDENED + timedelta(seconds=1)}
    ),
    "since when logins were read is not known": Case(UNCLEAR, {"logins_since": None}),
    "an app that was not found": Case(
        {FRESH_TOKENS: "unknown", HELD: "unknown"}, by={"app": "Azure Logic Appz"}, words=""
    ),
    "an app that was not found, and old tokens under its name": Case(
        {FRESH_TOKENS: "fail", HELD: "unknown"}, {"apps": None, "tokens": (token(days=-1, app=""),)}
    ),
    "egress that is not known whole": Case(
        UNKNOWN,
        by={"egress": Egress(addresses=AddressSet.of(["192.0.2.0/28"]), gaps=(Gap(what="e", reason="torn"),))},
        words="torn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_check_and_verify_say_the_same(name: str) -> None:
    case = CASES[name]
    wanted = {**dict.fromkeys(QUESTIONS, "pass"), **case.expected}
    results = judged(case.snapshot, case.integration)
    assert {one: results[one].status.value for one in QUESTIONS} == wanted
    assert by_control(case.snapshot, case.integration) == wanted
    assert case.words in " ".join(one.message for one in results.values())
    assert case.words in " ".join(one.message for one in told(case.snapshot, case.integration).values())


def written(by: Integration) -> str:
    """The integration file, as JSON, which is plain YAML."""
    entry = {
        "name": by.name, "app": by.app, "profile": by.profile, "users": by.users,
        "egress": [{"ranges": by.egress.addresses.ranges()}], "operator_ranges": by.operator_ranges.ranges(),
        "attempts": [{"at": one.at.isoformat(), "from": one.from_} for one in by.attempts],
    }  # fmt: skip
    if by.hardened_at:
        entry["hardened_at"] = by.hardened_at.isoformat()
    return json.dumps({"version": 1, "integrations": [entry]})


CODES = {"nothing seen yet": 4, "everything was seen": 0, "a declared attempt": 0, "a wrong password from outside": 4,
         "a success from elsewhere while a user is unknown": 1, "an old token": 1, "no ranges": 4,
         "an unknown status in another language": 4, "hardened longer ago than logins are kept": 0}  # fmt: skip


@pytest.mark.parametrize("name", CODES)
def test_both_commands_end_alike(run: Run, tmp_path: Path, name: str) -> None:
    case, file, policy = CASES[name], tmp_path / "org.json", tmp_path / "policy.yaml"
    save_snapshot(case.snapshot, file)
    (tmp_path / "i.yaml").write_text(written(case.integration), "utf-8")
    policy.write_text(POLICY.model_dump_json(by_alias=True), "utf-8")
    common = ("--snapshot", file, "-i", tmp_path / "i.yaml")
    assert run("check", *common, "--policy", policy)[0] == CODES[name]
    # Without ranges there is nothing that hardens, whatever date is written down.
    assert run("verify", *common)[0] == (1 if name == "no ranges" else CODES[name])


def test_a_date_alone_hardens_nothing() -> None:
    """The app doesn't enforce ranges: what got in before that date must not be forgotten for it."""
    relaxed = running(swapped(FILES, APP, ("ENFORCE", "BYPASS")))
    (found,) = (one for one in verify(relaxed, HARDENED_INTEGRATION, NOW).findings if one.id == IN_PLACE)
    assert found.status.value == "fail"
    assert "'Relax IP restrictions'" in found.message
    assert not any(one.id == IN_PLACE for one in verify(running(), HARDENED_INTEGRATION, NOW).findings)


# Whatever was seen --------------------------------------------------------------------------

INSIDE_ONLY = "192.0.2.9"
SOURCES = [EGRESS, OPERATOR, INSIDE_ONLY, ELSEWHERE, "2001:db8::1", "Salesforce.com IP", ""]
STATUSES = ["Success", "Restricted IP", "Invalid Password", "成功", "Failed: New", "success", ""]

logins = st.builds(
    login,
    st.sampled_from([SVC, DANA]),
    st.sampled_from(SOURCES),
    status=st.sampled_from(STATUSES),
    days=st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0]),
    times=st.integers(1, 30),
)
attempts = st.builds(
    Attempt,
    at=st.sampled_from([TRIED, HARDENED - timedelta(days=1)]),
    from_=st.sampled_from([ELSEWHERE, INSIDE_ONLY, EGRESS]),
)
integrations = st.builds(
    lambda users, tries, moment: integration(
        users=users, attempts=tuple(tries), hardened_at=moment, egress=["192.0.2.3"]
    ),
    st.sampled_from([GONE, GONE[:1], ("svc@acme.example", "dana@acme.example")]),
    st.lists(attempts, max_size=2),
    st.sampled_from([HARDENED, HARDENED, None, LONG_AGO]),
)


@given(st.lists(logins, max_size=6), integrations)
def test_whatever_was_seen_check_never_says_more_than_verify(found: list[org.Login], by: Integration) -> None:
    snapshot = running(logins=tuple(found), tokens=(token(), token(DANA, days=-2)))
    results = judged(snapshot, by)
    assert {one: results[one].status.value for one in QUESTIONS} == by_control(snapshot, by)
    if results[BOTH_SEEN].status.value == "pass":
        assert by.hardened_at
        recent = [one for one in found if one.last >= by.hardened_at]
        assert any((one.status, one.source_ip) == ("Success", EGRESS) for one in recent)
        assert any(
            one.user_id == SVC
            and one.source_ip in (ELSEWHERE, "2001:db8::1")
            and one.status in ("Restricted IP", "成功", "Failed: New", "success", "")
            and (one.status == "Restricted IP" or ELSEWHERE in {had.from_ for had in by.attempts})
            for one in recent
        )
        assert not any(
            one.user_id == SVC and one.status == "Success" and one.source_ip in (ELSEWHERE, INSIDE_ONLY)
            for one in recent
        )


# In words -----------------------------------------------------------------------------------


def test_a_pass_tells_what_was_seen_and_since_when() -> None:
    found = judged(running(), HARDENED_INTEGRATION)[BOTH_SEEN]
    assert found.message == (
        "Since 2026-11-20 it got in from egress (1 login), was refused from elsewhere (1 login), "
        "and never got in from elsewhere."
    )
    long_ago = CASES["hardened longer ago than logins are kept"]
    assert "Since 2026-05-28" in judged(long_ago.snapshot, long_ago.integration)[BOTH_SEEN].message
    assert (
        "since 2026-05-28"
        in told(long_ago.snapshot, long_ago.integration)["no-success-from-elsewhere"].message
    )


def test_a_refusal_that_rests_on_the_operator_s_word_says_so() -> None:
    case = CASES["a declared attempt"]
    message = told(case.snapshot, case.integration)["refusal-from-elsewhere"].message
    assert "status 'Échec de la connexion', an attempt that the integration file tells of" in message
    assert "integration file" not in told(running())["refusal-from-elsewhere"].message


def test_nothing_passes_of_itself_while_a_user_is_unknown() -> None:
    case = CASES["all is well with one user, and another is unknown"]
    found = told(case.snapshot, case.integration)
    assert {found[name].status.value for name, *_ in QUESTIONS[BOTH_SEEN]} == {"unknown"}


def test_metadata_files_show_nothing() -> None:
    found = told(snapshot_of(FILES))
    assert {one.status.value for one in found.values()} == {"unknown"}
    assert all("needs a live org" in one.message for one in found.values())


def test_a_profile_that_was_not_read_leaves_its_refusals_open() -> None:
    found = told(running(without(PROFILE)))
    assert found["refusal-from-elsewhere"].status.value == "unknown"
    assert found["no-success-outside-ranges"].status.value == "unknown"


def test_each_question_is_asked_once_and_has_its_control() -> None:
    found = verify(running(), HARDENED_INTEGRATION).findings
    assert len({one.id for one in found}) == len(found) == 7
    assert {one.control for one in found} == set(QUESTIONS)


def test_an_org_whose_reading_has_no_date_takes_the_present_one() -> None:
    undated = running().model_copy(update={"taken_at": None})
    assert {one.status.value for one in verify(undated, HARDENED_INTEGRATION, TAKEN).findings} == {"pass"}
    long_ago = CASES["hardened longer ago than logins are kept"]
    snapshot = long_ago.snapshot.model_copy(update={"taken_at": None})
    found = {one.id: one.status.value for one in verify(snapshot, long_ago.integration).findings}
    assert found["no-success-from-elsewhere"] == "unknown"
