"""What stays of a text in each kind of place."""

from sfharden.azure.masked_texts import Keep
from sfharden.azure.secret_zones import Zone, keep_in


def test_whatever_has_no_rule_is_masked() -> None:
    closed = (Zone.STEP, Zone.CLOSED, Zone.PARAMETERS, Zone.FOREIGN)
    assert {keep_in(one) for one in closed} == {Keep.NOTHING}
