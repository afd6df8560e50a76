"""A plan in the making: edits add up, and a file's place in a package follows from its own name."""

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.model import kinds
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component
from sfharden.plan.draft import Draft, encoded_name, member_path, sibling_path

PROFILE = Component(kind=kinds.PROFILE, name="A", file="src/profiles/A.profile-meta.xml")
RAW = RawFile(PROFILE.file, kinds.PROFILE, "A", b"one")


def raw(path: str, kind: str = kinds.PROFILE) -> RawFile:
    return RawFile(path, kind, "A", b"")


@pytest.mark.parametrize(
    ("file", "member"),
    [
        (raw("force-app/main/profiles/A%26B.profile-meta.xml"), "profiles/A%26B.profile"),
        (raw("profiles/A.PROFILE"), "profiles/A.profile"),
        (raw("x/A.profile-META.XML"), "profiles/A.profile"),
        (raw("c/A.connectedApp-meta.xml", kinds.CONNECTED_APP), "connectedApps/A.connectedApp"),
        (raw("p/A.ecaOauthPlcy", kinds.EXTERNAL_OAUTH_POLICY), "extlClntAppOauthPolicies/A.ecaOauthPlcy"),
        (raw("odd/name.settings", kinds.SECURITY), "settings/Security.settings"),
    ],
)
def test_where_a_file_stands_in_a_package(file: RawFile, member: str) -> None:
    assert member_path(file) == member


def test_a_name_that_no_package_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="a name that a package can't hold") as refused:
        member_path(raw("profiles/A\x07\u202e.profile"))
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("beside", "made"),
    [
        ("src/profiles/A.profile-meta.xml", "src/profiles/New.profile-meta.xml"),
        ("profiles/A.profile", "profiles/New.profile"),
    ],
)
def test_a_new_file_is_named_as_its_neighbour_is(beside: str, made: str) -> None:
    assert sibling_path(raw(beside), "New") == made


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("Logic Apps_2-x", "Logic Apps_2-x"),
        ("A.B (C): D/100%", "A%2EB %28C%29%3A D%2F100%25"),
        ("営業部 é", "営業部 é"),
    ],
)
def test_names_are_written_as_the_metadata_api_writes_them(name: str, encoded: str) -> None:
    assert encoded_name(name) == encoded


def test_edits_of_one_file_add_up_and_are_noted_each() -> None:
    draft = Draft({RAW.path: RAW})
    for text in (b"two", b"three"):
        draft.edit(
            draft.open(PROFILE),
            "setting",
            ((), (text.decode(),)),
            "control",
            lambda data, _, t=text: data + t,  # type: ignore[misc]
        )
    (file,) = draft.files.values()
    assert (file.before, file.after) == (b"one", b"onetwothree")
    assert [change.after for change in draft.changes] == [("two",), ("three",)]
    assert {change.member for change in draft.changes} == {"profiles/A.profile"}


def test_an_edit_that_fails_leaves_no_trace() -> None:
    def fails(_data: bytes, _where: str) -> bytes:
        raise InputError("it can't be edited")

    draft = Draft({RAW.path: RAW})
    with pytest.raises(InputError):
        draft.edit(draft.open(PROFILE), "setting", ((), ()), "control", fails)
    assert (draft.files, draft.changes) == ({}, [])


def test_bytes_that_were_not_handed_in_are_never_made_up() -> None:
    with pytest.raises(NoVerdictError, match="its bytes are not at hand"):
        Draft({}).open(PROFILE)


def test_bytes_show_themselves_in_no_account() -> None:
    assert "one" not in repr(Draft({RAW.path: RAW}).open(PROFILE))
