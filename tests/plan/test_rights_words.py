"""What is lost, in sentences: all of it where it's written, folded on a screen."""

from sfharden.model.plan import LostRights
from sfharden.plan.rights_words import sentences

LOST = LostRights(
    integration="crm-sync",
    users=("svc@acme.example",),
    profiles=("Old",),
    profile="New",
    rights=("ApiEnabled", "AuthorApex", "Zebra"),
    offered=("ApiEnabled",),
    left_out=("AuthorApex", "Zebra"),
    permission_set="crm_sync_rights",
    gaps=("A file was not read.",),
)


def test_what_is_offered_what_never_is_and_what_was_not_read() -> None:
    told = list(sentences(LOST))
    assert (
        told[0] == "svc@acme.example holds by 'Old' what 'New' doesn't grant: API Enabled; AuthorApex; Zebra."
    )
    assert told[1] == "Offered by the permission set crm_sync_rights: API Enabled."
    assert told[2] == "Never offered, since it administers the org: AuthorApex."
    assert told[3] == "Not offered, since it's no plain right on data or the API: Zebra."
    assert told[-1] == "Not read: A file was not read."


def test_who_has_the_profile_already_holds_nothing_by_another() -> None:
    only = LOST.model_copy(update={"profiles": (), "rights": ("ApiEnabled",), "left_out": (), "gaps": ()})
    assert next(sentences(only)) == "svc@acme.example has the profile 'New' and lacks: API Enabled."
    assert not any("Not compared" in one for one in sentences(only))


def test_long_lists_are_whole_where_written_and_folded_on_a_screen() -> None:
    many = tuple(f"Right{number}" for number in range(60))
    long = LOST.model_copy(update={"rights": many, "left_out": many})
    written = " ".join(sentences(long))
    assert all(written.count(f"{name};") + written.count(f"{name}.") == 2 for name in many)
    assert "and 48 more (all in -f json)" in next(sentences(long, 12))
