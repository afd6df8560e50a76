"""An org's metadata: what was listed and did not come, came broken, or came under another name."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import pytest

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError, OrgError, UnreachableError
from sfharden.model import kinds
from sfharden.salesforce.metadata_api import FileProperties, MetadataClient, RetrieveResult
from sfharden.sources.org.metadata import MetadataReading, read_metadata
from tests.orgs.metadata import xml
from tests.orgs.reading import InTurn

A_PROFILE = xml("Profile", "<custom>true</custom>")
SECURITY = xml(
    "SecuritySettings", "<sessionSettings><sessionTimeout>TwoHours</sessionTimeout></sessionSettings>"
)


def properties(type_: str, name: str, path: str, id_: str = "") -> FileProperties:
    return FileProperties(type_, name, path, id_, "", "", "", "")


ONE = properties("Profile", "One", "unpackaged/profiles/One.profile", "00e1")


SECURITY_FILE = properties("Settings", "Security", "unpackaged/settings/Security.settings")


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


class Listed(MetadataClient):
    """Gives the same list and the same zip to everybody; `refuse` may raise for a batch of types."""

    def __init__(
        self,
        listed: Sequence[FileProperties],
        files: Mapping[str, str | bytes] | bytes,
        refuse: Callable[[Sequence[str]], object] = lambda _: None,
        fails: OrgError | None = None,
        *,
        describes: bool = True,
        version: str = "66.0",
    ) -> None:
        self.version = version
        self._listed = list(listed)
        self._describes = describes
        self._zip = files if isinstance(files, bytes) else zipped(files)
        self._refuse = refuse
        self._fails = fails
        self.asked: list[tuple[str, ...]] = []
        self.members: Mapping[str, Sequence[str]] = {}

    def list_metadata(self, types: Sequence[str]) -> list[FileProperties]:
        self.asked.append(tuple(types))
        self._refuse(types)
        return [one for one in self._listed if one.type in types]

    def retrieve(self, members: Mapping[str, Sequence[str]]) -> RetrieveResult:
        self.members = members
        if self._fails:
            raise self._fails
        return RetrieveResult(self._zip, tuple(self._listed) if self._describes else (), (), ())


def reading_of(client: Listed) -> MetadataReading:
    return read_metadata(client, InTurn(), lambda _: None)


def gap_of(reading: MetadataReading, kind: str) -> str:
    (reason,) = [gap.reason for gap in reading.gaps if gap.kind == kind]
    return reason


def test_what_came_and_what_did_not() -> None:
    """A profile that was listed and is not in the zip, settings that are not, and one profile that came."""
    two = properties("Profile", "Two", "unpackaged/profiles/Two.profile")
    reading = reading_of(Listed([ONE, two], {"unpackaged/profiles/One.profile": A_PROFILE}))
    assert [one.name for one in reading.components] == ["One"]
    (lost,) = [gap for gap in reading.gaps if gap.kind == kinds.PROFILE]
    assert (lost.name, lost.reason) == ("Two", "the org listed it but did not hand it out")
    assert {gap.kind for gap in reading.gaps} == {kinds.PROFILE, *kinds.SETTINGS_KINDS}


def damaged(
    files: Mapping[str, str | bytes], path: str, change: Callable[[bytearray, int, int], None]
) -> bytes:
    """A zip with the packed bytes of one entry changed; `change` gets the zip, their start and their end."""
    content = bytearray(zipped(files))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo(path)
    start = info.header_offset + 30 + len(path.encode())
    change(content, start, start + info.compress_size)
    return bytes(content)


def flip(content: bytearray, start: int, end: int) -> None:
    content[start] ^= 0xFF


def clear(content: bytearray, start: int, end: int) -> None:
    content[start:end] = bytes(end - start)


def swap_last(content: bytearray, start: int, end: int) -> None:
    content[end - 2] ^= 0x55


@pytest.mark.parametrize("change", [flip, clear, swap_last])
def test_a_damaged_entry_is_a_gap_with_its_name(change: Callable[[bytearray, int, int], None]) -> None:
    path = "profiles/One.profile"
    files = {path: A_PROFILE * 3, "settings/Security.settings": SECURITY}
    reading = reading_of(Listed([ONE, SECURITY_FILE], damaged(files, path, change)))
    assert [one.kind for one in reading.components] == [kinds.SECURITY]
    (lost,) = [gap for gap in reading.gaps if gap.kind == kinds.PROFILE]
    assert lost.name == "One"


def test_every_damage_of_one_byte_is_a_gap_or_harmless() -> None:
    """Whichever byte of an entry is damaged, the profile is read as it was, or named as not read."""
    path = "profiles/One.profile"
    whole = zipped({path: A_PROFILE})
    for place in range(30 + len(path), len(whole) - 22 - 46 - len(path)):
        content = bytearray(whole)
        content[place] ^= 0xA5
        reading = reading_of(Listed([ONE], bytes(content)))
        read_ = [one.values["custom"][0].text for one in reading.components]
        assert read_ == ["true"] or (not read_ and [gap for gap in reading.gaps if gap.name == "One"])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_packed_in_another_way_and_broken_is_a_gap(method: int) -> None:
    content = bytearray(zipped({"profiles/One.profile": A_PROFILE * 50}, method))
    content[60:90] = bytes(30)
    reading = reading_of(Listed([ONE], bytes(content)))
    assert not reading.components
    assert [gap for gap in reading.gaps if gap.name == "One"]


def test_an_encrypted_entry_is_a_gap() -> None:
    content = bytearray(zipped({"profiles/One.profile": A_PROFILE}))
    content[6] |= 1
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    reading = reading_of(Listed([ONE], bytes(content)))
    assert "can't be read" in next(gap.reason for gap in reading.gaps if gap.name == "One")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("<Profile", "not well-formed"),
        (xml("ConnectedApp", "<label>x</label>"), "root element"),
        (A_PROFILE[: len(A_PROFILE) // 2], "not well-formed"),
        ("<!DOCTYPE x><Profile/>", ""),
    ],
)
def test_a_broken_file_is_a_gap_with_its_name(content: str, reason: str) -> None:
    reading = reading_of(Listed([ONE], {"profiles/One.profile": content}))
    assert not reading.components
    (lost,) = [gap for gap in reading.gaps if gap.kind == kinds.PROFILE]
    assert lost.name == "One"
    assert reason in lost.reason


def test_a_file_of_another_component_leaves_the_asked_one_missing() -> None:
    """The zip holds somebody else's profile: the listed one is a gap, and can't pass."""
    reading = reading_of(Listed([ONE], {"profiles/Other.profile": A_PROFILE}))
    lost = {gap.name: gap.reason for gap in reading.gaps if gap.kind == kinds.PROFILE}
    assert sorted(lost) == ["One", "Other"]
    assert lost["Other"] == "the org does not say what it is"
    assert not reading.components


def test_a_settings_file_with_the_content_of_another_is_no_settings_of_its_name() -> None:
    domain = properties("Settings", "MyDomain", "settings/MyDomain.settings")
    reading = reading_of(Listed([domain], {"settings/MyDomain.settings": SECURITY}))
    assert not reading.components
    assert "root element" in gap_of(reading, kinds.MY_DOMAIN)
    assert "did not hand it out" in gap_of(reading, kinds.SECURITY)


def test_a_type_that_the_version_does_not_know_fails_alone() -> None:
    """INVALID_TYPE fails a whole call, so its types are asked for one by one."""

    def refuse(types: Sequence[str]) -> None:
        if kinds.BLOCKED_CONSUMER in types:
            raise DeniedError("Listing metadata: the org answered INVALID_TYPE", code="INVALID_TYPE")

    session = properties(kinds.PROFILE_SESSION, "S", "profileSessionSettings/S.profileSessionSetting")
    client = Listed([ONE, session], {"profiles/One.profile": A_PROFILE}, refuse)
    reading = reading_of(client)
    assert [gap.reason for gap in reading.gaps if gap.kind == kinds.BLOCKED_CONSUMER] == [
        "Listing metadata: the org answered INVALID_TYPE"
    ]
    assert kinds.PROFILE_SESSION in client.members
    assert kinds.BLOCKED_CONSUMER not in reading.listed_types
    assert kinds.PROFILE_SESSION in reading.listed_types


@pytest.mark.parametrize(("version", "asked"), [("66.0", False), ("67.0", True), ("68.0", True)])
def test_allowlists_are_asked_for_where_the_version_has_them(version: str, asked: bool) -> None:
    client = Listed([ONE], {"profiles/One.profile": A_PROFILE}, version=version)
    reading = reading_of(client)
    assert ((kinds.EXTERNAL_OAUTH_SECURITY,) in client.asked) is asked
    assert (kinds.EXTERNAL_OAUTH_SECURITY in reading.listed_types) is asked
    assert not [gap for gap in reading.gaps if gap.kind == kinds.EXTERNAL_OAUTH_SECURITY]


def test_a_list_of_allowlists_that_the_org_refuses_is_a_gap_of_theirs_alone() -> None:
    def refuse(types: Sequence[str]) -> None:
        if kinds.EXTERNAL_OAUTH_SECURITY in types:
            raise DeniedError("Listing metadata: the org answered INVALID_TYPE", code="INVALID_TYPE")

    reading = reading_of(Listed([ONE], {"profiles/One.profile": A_PROFILE}, refuse, version="68.0"))
    assert "INVALID_TYPE" in gap_of(reading, kinds.EXTERNAL_OAUTH_SECURITY)
    assert kinds.EXTERNAL_OAUTH_SECURITY not in reading.listed_types
    assert kinds.PROFILE in reading.listed_types


@pytest.mark.parametrize("error", [LimitError("x"), AuthError("x"), UnreachableError("x"), AnswerError("x")])
def test_a_list_that_fails_otherwise_is_not_asked_for_again(error: OrgError) -> None:
    def refuse(types: Sequence[str]) -> None:
        raise error

    client = Listed([], {}, refuse)
    reading = reading_of(client)
    assert len(client.asked) == 3
    listed = {gap.kind for gap in reading.gaps} - set(kinds.SETTINGS_KINDS)
    assert listed == {kind for batch in client.asked for kind in batch}


def test_a_retrieve_that_fails_names_everything_that_was_listed() -> None:
    reading = reading_of(Listed([ONE], {}, fails=UnreachableError("Retrieving metadata: too long")))
    assert {gap.kind for gap in reading.gaps} == {kinds.PROFILE, *kinds.SETTINGS_KINDS}
    assert {gap.reason for gap in reading.gaps} == {"Retrieving metadata: too long"}


def test_two_files_for_one_component_are_both_kept_for_the_checks_to_judge() -> None:
    files = zipped({"profiles/One.profile": A_PROFILE})
    out = io.BytesIO(files)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("profiles/One.profile", A_PROFILE.replace("true", "false"))
    reading = reading_of(Listed([ONE], out.getvalue()))
    assert [one.name for one in reading.components] == ["One", "One"]


def test_a_zip_that_the_org_does_not_describe_is_read_by_what_it_listed() -> None:
    """A file that was neither listed nor asked for stays a stranger, whatever its name promises."""
    listed = [properties("Profile", "One%26Two", "profiles/One%26Two.profile", "00e1")]
    files = {
        "unpackaged/profiles/One&Two.profile": A_PROFILE,
        "unpackaged/settings/Security.settings": SECURITY,
        "unpackaged/profiles/Stranger.profile": A_PROFILE,
    }
    reading = reading_of(Listed(listed, files, describes=False))
    assert {(one.kind, one.name) for one in reading.components} == {
        (kinds.PROFILE, "One&Two"),
        (kinds.SECURITY, "Security"),
    }
    assert "the org does not say what it is" in [gap.reason for gap in reading.gaps]
