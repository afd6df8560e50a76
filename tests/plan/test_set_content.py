"""What a permission set holds: a right counts only if file and record both let it stand, and nothing of it is open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.index import Index
from sfharden.model.org import ObjectRights, PermissionSetRow
from sfharden.model.snapshot import Component, Gap
from sfharden.plan.lost_rights import Lost
from sfharden.plan.ordinary_rights import ADMINISTRATIVE, ASKED_FOR, is_offered
from sfharden.plan.set_content import SetContent, activation_of, granted, set_content, set_row
from sfharden.sources.set_objects import with_set_objects
from tests.orgs.files import permission, snapshot_of, xml
from tests.orgs.tables import FILES, SETS, running

NAME = "crm_sync_rights"
PATH = f"permissionsets/{NAME}.permissionset"
ROW = PermissionSetRow("0PS000000000009AAA", NAME, "Rights", "", "", ("ApiEnabled", "EditTask"), False)
OFF = "<userPermissions><enabled>false</enabled><name>ApiEnabled</name></userPermissions>"
ACCOUNT = "<objectPermissions><allowEdit>{}</allowEdit><allowRead>true</allowRead><object>Account</object></objectPermissions>"
LOST = Lost(rights={"ApiEnabled", "EditTask", "ViewSetup"}, objects={"Account": frozenset({"Read", "Edit"})})


def file(*parts: str) -> Component:
    text = xml("PermissionSet", f"<label>x</label>{''.join(parts)}")
    (one,) = snapshot_of({PATH: text}).components
    return with_set_objects(one, text.encode())


def content(
    *files: Component, row: PermissionSetRow | None = None, gaps: tuple[Gap, ...] = (), **tables: object
) -> SetContent | None:
    given: dict[str, object] = {
        "permission_names": tuple(ASKED_FOR), "permissions_asked": tuple(ASKED_FOR),
        "permission_sets": (*SETS, row) if row else SETS, **tables,
    }  # fmt: skip
    found = running(FILES, *gaps, **given)
    return set_content(Index(found.model_copy(update={"components": (*found.components, *files)})), NAME)


def known(
    *files: Component, row: PermissionSetRow | None = None, gaps: tuple[Gap, ...] = (), **tables: object
) -> SetContent:
    found = content(*files, row=row, gaps=gaps, **tables)
    assert found
    return found


RIGHTS = (permission("ApiEnabled"), permission("EditTask"))


def test_what_is_not_there_holds_nothing() -> None:
    assert content() is None
    assert content(row=ROW._replace(group_id="0PG1")) is None
    assert content(row=ROW._replace(profile_id="00e1")) is None


def test_a_file_and_a_record_each_give_back_what_stands_in_them() -> None:
    assert known(file(*RIGHTS, ACCOUNT.format("true"))).missing(LOST) == ()
    rows = (ObjectRights(ROW.id, "Account", ("Read", "Edit")),)
    assert known(row=ROW, object_rights=rows).missing(LOST) == ()


def test_only_the_very_right_counts() -> None:
    assert known(file(*RIGHTS)).missing(LOST) == ("Account (Read, Edit)",)
    assert known(file(*RIGHTS, ACCOUNT.format("false"))).missing(LOST) == ("Account (Edit)",)
    assert known(file(RIGHTS[0], ACCOUNT.format("true"))).missing(LOST) == ("EditTask",)
    assert known(row=ROW, object_rights=None).missing(LOST) == ("Account (Read, Edit)",)
    strangers = (ObjectRights("0PS000000000001AAA", "Account", ("Read", "Edit")),)
    assert known(row=ROW, object_rights=strangers).missing(LOST) == ("Account (Read, Edit)",)


def test_file_and_record_must_agree_as_far_as_it_was_asked() -> None:
    both = file(*RIGHTS, ACCOUNT.format("true"))
    lesser = ROW._replace(permissions=("ApiEnabled",))
    assert known(both, row=lesser).missing(LOST) == ("EditTask",)
    assert known(both, row=lesser, permission_names=("ApiEnabled",)).missing(LOST) == ()
    assert known(file(RIGHTS[0], ACCOUNT.format("true")), row=ROW).missing(LOST) == ("EditTask",)
    other = file(RIGHTS[1], ACCOUNT.format("false")).model_copy(update={"file": "twice"})
    assert known(both, other).missing(LOST) == ("Account (Edit)", "ApiEnabled")


def test_what_is_switched_on_and_off_is_not_granted() -> None:
    assert granted(file(*RIGHTS, OFF)) == {"EditTask"}


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (
            file(*RIGHTS, ACCOUNT.format("true"), "<hasActivationRequired>true</hasActivationRequired>"),
            "has to be",
        ),
        (
            file(*RIGHTS, ACCOUNT.format("true"), "<hasActivationRequired>odd</hasActivationRequired>"),
            "was not told",
        ),
        (file(*RIGHTS, "<userPermissions><enabled>odd</enabled></userPermissions>"), "not all of its file"),
    ],
)
def test_nothing_counts_in_a_set_that_has_to_be_activated_or_is_not_read_whole(
    one: Component, why: str
) -> None:
    found = known(one)
    assert why in found.why
    assert found.missing(LOST) == ("Account (Read, Edit)", "ApiEnabled", "EditTask")


def test_a_record_tells_whether_it_has_to_be_activated() -> None:
    assert "has to be activated" in known(row=ROW._replace(needs_activation=True)).why
    assert "was not told" in known(row=ROW._replace(needs_activation=None)).why
    silent = file(*RIGHTS)
    assert activation_of([silent]) is False
    assert known(silent).why == ""
    gap = Gap(what="x", reason="cut off", kind="PermissionSet")
    assert "was not read" in known(silent, gaps=(gap,)).why
    assert "was not read" in known(silent, permission_sets=None).why


def test_what_it_grants_besides_is_told_wherever_it_stands() -> None:
    more = ACCOUNT.format("true").replace("<object>", "<viewAllRecords>true</viewAllRecords><object>")
    found = known(
        file(*RIGHTS, more, permission("ModifyAllData")), row=ROW._replace(permissions=("ViewSetup",))
    )
    assert found.beyond == ("ModifyAllData", "ViewSetup", "Account (ViewAllRecords)")
    assert known(
        row=ROW, object_rights=(ObjectRights(ROW.id, "Case", ("ModifyAllRecords", "Read")),)
    ).beyond == ("Case (ModifyAllRecords)",)
    assert known(row=ROW, permissions_asked=(), permission_names=("ViewSetup",)).unseen == tuple(
        sorted(ADMINISTRATIVE - {"ViewSetup"})
    )


def test_a_set_is_known_by_its_name_in_any_case() -> None:
    facts = Index(running(FILES, permission_sets=(*SETS, ROW._replace(name=NAME.upper()))))
    assert set_row(facts, NAME)


@given(
    st.frozensets(st.sampled_from(sorted({*ASKED_FOR, "Zebra"}))),
    st.frozensets(st.sampled_from(sorted(ASKED_FOR))),
)
def test_every_right_that_is_offered_and_lost_is_missing_or_surely_granted(
    held: frozenset[str], lost: frozenset[str]
) -> None:
    found = known(file(*map(permission, sorted(held))))
    plain = {one for one in lost if is_offered(one)}
    assert set(found.missing(Lost(rights=set(lost)))) == plain - held
    assert set(found.beyond) == {one for one in held if not is_offered(one)}
