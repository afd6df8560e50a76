"""What was attested against what is there: whatever is changed, added or gone differs; what isn't given is never said to match."""

import pytest

from sfharden.checks.attested import Compared, GivenParts, compare, same_integration
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


def told(found: tuple[Compared, ...]) -> dict[tuple[str, str], str]:
    return {(one.part, one.name): one.match for one in found}


def test_everything_given_matches_everything_attested() -> None:
    given = GivenParts(ALL.digest_of(REPORT), tuple(map(part, ROLES)), egress=True)
    assert set(told(compare(ALL, given)).values()) == {"matches"}
    assert set(told(compare(ALL, GivenParts())).values()) == {"not given"}


@pytest.mark.parametrize("role", ROLES)
def test_another_content_differs_in_every_role(role: Role) -> None:
    given = (*(part(one) for one in ROLES if one != role), part(role, "2"))
    found = compare(ALL, GivenParts(None, given, egress=True))
    assert [one.part for one in found if one.match == "differs"] == [role]


@pytest.mark.parametrize("role", ROLES)
def test_what_was_not_judged_is_no_match(role: Role) -> None:
    found = compare(statement(), GivenParts("0" * 64, (part(role),), egress=True))
    assert [one.match for one in found] == ["differs", "differs"]


def test_egress_is_looked_at_file_by_file() -> None:
    of = statement(
        part("egress", "1", "a"), part("egress", "1", "b"), part("egress", "", "c"), part("egress", "1", "d")
    )
    now = (part("egress", "1", "a"), part("egress", "2", "b"), part("egress", "1", "c"), part("egress", "", "d"), part("egress", "1", "e"))  # fmt: skip
    assert told(compare(of, GivenParts(None, now, egress=True))) == {
        ("report", "report.json"): "not given", ("egress", "a"): "matches", ("egress", "b"): "differs",
        ("egress", "c"): "not compared", ("egress", "d"): "differs", ("egress", "e"): "differs",
    }  # fmt: skip
    assert set(told(compare(of, GivenParts())).values()) == {"not given"}


def test_only_the_integration_file_that_was_judged_leads_to_its_egress() -> None:
    assert same_integration(ALL, part("integration", "1", "other name"))
    assert not same_integration(ALL, part("integration", "2"))
    assert not same_integration(statement(), part("integration"))
