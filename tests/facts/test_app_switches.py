"""Every switch stands in a file of its own kind of app, and since a version of the API."""

import pytest

from sfharden.emulator.kinds import ELEMENT_SINCE
from sfharden.facts.app_switches import SWITCHES
from sfharden.model import kinds


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_looked_for_where_either_kind_of_app_has_it(name: str) -> None:
    switch = SWITCHES[name]
    assert switch.connected.kind == kinds.CONNECTED_APP
    assert switch.external.kind in kinds.EXTERNAL_KINDS
    assert switch.external.default is None  # none is documented


@pytest.mark.parametrize("name", SWITCHES)
def test_the_embedded_org_hides_it_from_older_versions_alike(name: str) -> None:
    place = SWITCHES[name].connected
    assert ELEMENT_SINCE["ConnectedApp"][place.path] == place.since
