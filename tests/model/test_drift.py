"""What a drift says of itself."""

from sfharden.model.drift import Drift
from tests.report.drift_kit import hostile_drift


def test_verdicts_are_found_by_their_turn_in_order() -> None:
    drift = hostile_drift()
    assert [one.turn for one in drift.of_turn("mended", "regressed")] == ["regressed", "mended"]


def test_a_drift_reads_back_as_it_was_written() -> None:
    drift = hostile_drift()
    text = drift.model_dump_json(by_alias=True)
    assert '"schema":"sfharden.drift/1"' in text
    assert Drift.model_validate_json(text) == drift
