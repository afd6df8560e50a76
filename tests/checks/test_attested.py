"""What was attested against what is there: whatever is changed, added or gone differs; what isn't given is never said to match."""

import pytest

from sfharden.checks.attested import GivenParts, compare, same_integration
from sfharden.model.attestation import REPORT, AttestedInput, Role, Sha256, Statement
from tests.report.forms_kit import every_state
from tests.report.test_check_attestation import said

ROLES: tuple[Role, ...] = ("snapshot", "policy", "integration", "egress", "events", "baseline")


def part(role: Role, digit: str = "1", name: str = "") -> AttestedInput:
    return AttestedInput(role=role, name=name or role, digest=Sha256(sha256=digit * 64) if digit else None)


def statement(*inputs: AttestedInput) -> Statement:
    whole = said(every_state())
    return whole.model_copy(update={"predicate": whole.predicate.model_copy(update={"inputs": inputs})})


ALL = statement(*map(part, ROLES))


def rows(statement: Statement, given: GivenParts) -> list[tuple[str, str, str, str]]:
    return [(one.part, one.name, one.match, one.why) for one in compare(statement, given)]


def named(role: Role, name: str = "given") -> AttestedInput:
    return part(role, "2", name)


def test_everything_given_matches_everything_attested() -> None:
    given = GivenParts(ALL.digest_of(REPORT), tuple(map(part, ROLES)), egress=True)
    assert rows(ALL, given) == [
        ("report", "report.json", "matches", ""), ("snapshot", "snapshot", "matches", ""),
        ("integration", "integration", "matches", ""), ("baseline", "baseline", "matches", ""),
        ("policy", "policy", "matches", ""), ("events", "events", "matches", ""), ("egress", "egress", "matches", ""),
    ]  # fmt: skip


def test_what_is_not_given_is_said_of_each_part() -> None:
    assert rows(ALL, GivenParts()) == [
        ("report", "report.json", "not given", ""), ("snapshot", "snapshot", "not given", ""),
        ("integration", "integration", "not given", ""), ("baseline", "baseline", "not given", ""),
        ("policy", "policy", "not given", ""), ("events", "events", "not given", ""),
        ("egress", "egress", "not given", "it is looked for beside the integration file that was judged"),
    ]  # fmt: skip
    assert rows(ALL, GivenParts(None, (part("egress", "2"),)))[-1][2] == "not given"  # nobody looked for it


def test_another_report_differs() -> None:
    (only,) = rows(statement(), GivenParts("0" * 64))
    assert only == ("report", "report.json", "differs", "it is not the report as JSON that was attested")


@pytest.mark.parametrize(
    ("role", "words"),
    [("snapshot", "snapshot file"), ("integration", "integration file"), ("baseline", "baseline")],
)
def test_one_file_of_a_role_is_held_against_the_one_that_was_judged(role: Role, words: str) -> None:
    given = GivenParts(None, (named(role),))
    assert rows(statement(part(role)), given)[1:] == [
        (role, "given", "differs", f"it is not the {words} that was judged")
    ]
    assert rows(statement(), given)[1:] == [(role, "given", "differs", f"no {words} was judged")]
    assert rows(statement(part(role, "2")), given)[1:] == [(role, "given", "matches", "")]


@pytest.mark.parametrize(("role", "words"), [("policy", "policy"), ("events", "file of events")])
def test_files_of_which_there_may_be_many_are_known_by_their_content(role: Role, words: str) -> None:
    of = statement(part(role, "1", "a"), part(role, "2", "b"))
    assert rows(of, GivenParts(None, (named(role), part(role, "3", "c"))))[1:] == [
        (role, "a", "not given", ""),
        (role, "b", "matches", ""),
        (role, "c", "differs", f"no {words} that was judged has these bytes"),
    ]


def test_egress_is_looked_at_file_by_file() -> None:
    of = statement(part("egress", "1", "a"), part("egress", "1", "b"), part("egress", "", "c"), part("egress", "1", "d"),
                   part("egress", "1", "gone"))  # fmt: skip
    now = (part("egress", "1", "f"), part("egress", "1", "a"), part("egress", "2", "b"), part("egress", "1", "c"),
           part("egress", "", "d"), part("egress", "1", "e"))  # fmt: skip
    assert rows(of, GivenParts(None, now, egress=True))[1:] == [
        ("egress", "a", "matches", ""),
        ("egress", "b", "differs", "it was changed"),
        ("egress", "c", "not compared", "it could not be read then: a gap"),
        ("egress", "d", "differs", "it can't be read now"),
        ("egress", "gone", "differs", "it can't be read now"),
        ("egress", "f", "differs", "it was not there when that was judged"),
        ("egress", "e", "differs", "it was not there when that was judged"),
    ]


def test_only_the_integration_file_that_was_judged_leads_to_its_egress() -> None:
    assert same_integration(ALL, part("integration", "1", "other name"))
    assert not same_integration(ALL, part("integration", "2"))
    assert not same_integration(statement(), part("integration"))
