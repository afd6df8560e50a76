"""A plan holds for the facts it was made on, and for no others."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import NoVerdictError
from sfharden.model.raw import RawFile
from sfharden.plan.fingerprint import verify
from tests.orgs.metadata import APP

from .kit import Files, healthy, integration, outcome, planned


def files() -> dict[str, bytes]:
    return {**healthy(), APP: healthy()[APP].replace(b"ENFORCE", b"BYPASS")}


def test_a_plan_holds_for_what_it_was_made_on() -> None:
    made = outcome(Files(files()))
    verify(made.planned.plan, "", [integration()], made.raw)
    assert len(made.planned.plan.fingerprint) == 64


def test_a_file_that_moved() -> None:
    made = outcome(Files(files()))
    moved = {**made.raw, APP: RawFile(APP, "ConnectedApp", "Azure_Logic_Apps", made.raw[APP].content + b" ")}
    with pytest.raises(NoVerdictError, match="ConnectedApp 'Azure_Logic_Apps' has changed since"):
        verify(made.planned.plan, "", [integration()], moved)
    gone = {path: one for path, one in made.raw.items() if path != APP}
    with pytest.raises(NoVerdictError, match="has changed since"):
        verify(made.planned.plan, "", [integration()], gone)


def test_a_secret_or_a_key_is_nothing_that_a_plan_rests_on() -> None:
    """Its hash would be a hash of them."""
    other = files()[APP].replace(b"HUSH-HUSH", b"OTHER").replace(b"3MVG9SECRETLIKE", b"3MVG9OTHER")
    assert other != files()[APP]
    assert planned({**files(), APP: other}).plan == planned(files()).plan


def test_another_org_or_another_integration() -> None:
    made = outcome(Files(files()))
    with pytest.raises(NoVerdictError, match="another org"):
        verify(made.planned.plan, "00D1", [integration()], made.raw)
    with pytest.raises(NoVerdictError, match="integration file"):
        verify(
            made.planned.plan, "", [integration(operator_ranges=AddressSet.of(["198.51.100.8"]))], made.raw
        )


def test_every_fact_counts() -> None:
    prints = {
        planned(files()).plan.fingerprint,
        planned(files(), fit=9).plan.fingerprint,
        planned(files(), integration(users=("other@acme.example",))).plan.fingerprint,
        planned({**files(), APP: files()[APP].replace(b"Azure", b"azure")}).plan.fingerprint,
    }
    assert len(prints) == 4


def test_what_init_left_in_the_file_is_nothing_that_a_plan_rests_on() -> None:
    made = outcome(Files(files()))
    verify(made.planned.plan, "", [integration(placeholders=("operator_ranges: 0.0.0.0",))], made.raw)
