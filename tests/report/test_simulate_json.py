"""A simulation as JSON: every row with its reasons, addresses as texts, the same bytes twice."""

import json
from typing import Any

from sfharden.report.simulate_json import MOST_RANGES, render_simulation_json
from tests.orgs.constants import HARDENED_INTEGRATION
from tests.orgs.files import SECURITY
from tests.orgs.tables import FILES, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated


def told(**files: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render_simulation_json(simulated({SECURITY: FILES[SECURITY]}), "1.2.3"))
    return data


def test_every_row_is_told_before_and_after_with_reasons_and_rules() -> None:
    data = told()
    assert (data["schema"], data["tool"]["version"]) == ("sfharden.simulation/1", "1.2.3")
    (one,) = data["integrations"]
    assert len(one["matrix"]) == 10
    for row in one["matrix"]:
        for side in (row["before"], row["after"]):
            assert side["cases"]
            assert all(reason["rule"] for case in side["cases"] for reason in case["reasons"])


def test_a_number_of_addresses_is_a_text_since_it_may_be_beyond_a_number() -> None:
    parts = [
        part
        for row in told()["integrations"][0]["matrix"]
        for case in row["after"]["cases"]
        for part in case["parts"]
    ]
    assert parts
    assert all(part["addresses"].isdigit() and len(part["ranges"]) <= MOST_RANGES for part in parts)


def test_a_proposal_that_changes_nothing_breaks_nothing_and_is_told_by_its_files() -> None:
    data = told()
    assert (data["locked_out"], data["breaks"], data["controls"]) == (False, False, [])
    assert data["proposal"]["components"] == [{"kind": "SecuritySettings", "name": "Security"}]


def test_a_change_of_a_control_tells_both_sides() -> None:
    data = json.loads(render_simulation_json(simulated(ADMIN_DESK_OPEN), "0"))
    changed = {one["control"]: (one["before"]["status"], one["after"]["status"]) for one in data["controls"]}
    assert changed["ip-enforced-on-every-request"] == ("pass", "fail")


def test_without_logins_the_replay_is_said_to_be_none() -> None:
    simulation = simulated({}, before=running(logins=None))
    one = json.loads(render_simulation_json(simulation, "0"))["integrations"][0]
    assert one["replay"] is None
    assert one["replay_gap"]


def test_the_same_simulation_gives_the_same_ascii() -> None:
    first, second = (render_simulation_json(simulated(ADMIN_DESK_OPEN), "0") for _ in range(2))
    assert first == second
    assert first.isascii()


def test_a_name_that_leads_nowhere_is_told_and_leaves_the_outcome_unknown() -> None:
    by = HARDENED_INTEGRATION.model_copy(update={"profile": "Logic Apps Integratio"})
    outcome = simulated({SECURITY: FILES[SECURITY]}, by=by)
    data = json.loads(render_simulation_json(outcome, "0"))
    assert "Did you mean 'Logic Apps Integration'?" in data["integrations"][0]["to_mend"][0]
    assert data["unknown"] is True
    assert told()["integrations"][0]["to_mend"] == []
