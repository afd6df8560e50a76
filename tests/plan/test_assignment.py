"""What an app is assigned to can be read back as it was meant, or isn't planned."""

from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.index import Index
from sfharden.plan.assignment import AppAssignment, find_assignment
from sfharden.text.names import canonical_profile
from tests.orgs.files import snapshot_of, xml

POLICY = "extlClntAppOauthPolicies/Ext_plcy.ecaOauthPlcy"
APP = "connectedApps/Ext.connectedApp"
NAMES = st.lists(
    st.text("AB ,", min_size=1).map(str.strip).filter(lambda name: name.strip(", ")),
    min_size=1, max_size=3, unique_by=canonical_profile,
)  # fmt: skip


def external(listed: str, wanted: list[str]) -> AppAssignment:
    body = (
        f"<commaSeparatedProfile>{listed}</commaSeparatedProfile>\n"
        "<externalClientApplication>Ext</externalClientApplication>"
    )
    facts = Index(snapshot_of({POLICY: xml("ExtlClntAppOauthConfigurablePolicies", body)}))
    return find_assignment(facts, facts.app("Ext"), wanted)


def connected(wanted: list[str]) -> AppAssignment:
    facts = Index(
        snapshot_of({APP: xml("ConnectedApp", "<label>Ext</label>\n<profileName>Sales</profileName>")})
    )
    return find_assignment(facts, facts.app("Ext"), wanted)


@given(NAMES, NAMES)
def test_a_list_is_read_back_as_it_was_meant(listed: list[str], wanted: list[str]) -> None:
    found = external(",".join(listed), wanted)
    pieces = {canonical_profile(one) for one in ",".join(found.names).split(",") if one.strip()}
    assert bool(found.gap) == any("," in name for name in wanted)
    if not found.gap:
        assert pieces == set(map(canonical_profile, wanted))
    else:
        assert found.way


@given(NAMES)
def test_a_connected_app_lists_each_name_by_itself(wanted: list[str]) -> None:
    found = connected(wanted)
    assert (found.gap, found.names) == ("", tuple(wanted))


def test_a_record_id_that_nobody_can_tell_is_replaced_by_the_name() -> None:
    found = external("00e000000000001, Sales", ["Robots"])
    assert (found.differs, found.names) == (True, ("Robots",))
