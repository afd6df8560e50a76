"""Metadata files to a snapshot: every form of a source alike, every broken file named, the same bytes twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.snapshot import ANY_KIND, Component, Gap, Snapshot, Source, Tool, Value
from sfharden.sources.metadata_files import is_metadata_name, kind_and_name, load_proposal, load_snapshot
from sfharden.sources.metadata_types import SETTINGS_NAMES, TYPES
from sfharden.sources.metadata_xml import BadMetadata
from sfharden.sources.snapshot_file import load_snapshot_file, save_snapshot
from sfharden.sources.tree import Entry
from sfharden.text.names import canonical_profile
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.metadata import HEALTHY, PROFILE, SECURITY, loaded, parsed, write
from tests.sources.build import Broken, document, profile, zipped

pytestmark = pytest.mark.xml

ALL = {**CONNECTED, **EXTERNAL, "profiles/Custom%3A Sales %26 Co%2E.profile": HEALTHY[PROFILE]}
TEXT = HEALTHY[PROFILE]


def plain(snapshot: Snapshot) -> list[Component]:
    """The components without the names of their files."""
    return [one.model_copy(update={"file": ""}) for one in snapshot.components]


def test_the_four_forms_of_a_source_give_the_same_components(tmp_path: Path) -> None:
    sfdx = {f"force-app/main/default/{path}-meta.xml": text for path, text in ALL.items()}
    package = {**ALL, "package.xml": document("Package", "<version>66.0</version>")}
    forms = [
        loaded(write(package, tmp_path / "mdapi")),
        loaded(write(sfdx, tmp_path / "sfdx")),
        loaded(zipped(tmp_path / "mdapi.zip", package)),
        loaded(zipped(tmp_path / "sfdx.zip", sfdx)),
    ]
    assert len(forms[0].components) == len(ALL)
    assert all(plain(form) == plain(forms[0]) and form.gaps == () for form in forms)


@pytest.mark.parametrize("path", sorted(ALL))
def test_a_single_file_is_a_source_too(tmp_path: Path, path: str) -> None:
    snapshot = loaded(write({path: ALL[path]}, tmp_path) / path)
    (found,) = snapshot.components
    assert found == parsed(Path(path).name, ALL[path])


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("a/b/Custom%3A Sales.profile-meta.xml", "Profile", "Custom: Sales"),
        ("R%26D %28EU%29.profile", "Profile", "R&D (EU)"),
        ("%E5%96%B6%E6%A5%AD.profile", "Profile", "営業"),
        ("50%25.permissionset", "PermissionSet", "50%"),
        ("100%.profile", "Profile", "100%"),
        ("%FF%FE.profile", "Profile", "%FF%FE"),
        ("v1.2 Sync.connectedApp", "ConnectedApp", "v1.2 Sync"),
        ("PACKAGE__App.CONNECTEDAPP-META.XML", "ConnectedApp", "PACKAGE__App"),
        ("Security.settings-meta.xml", None, "Security"),
        ("readme.md", None, "readme"),
    ],
)
def test_kind_and_name_stand_in_the_file_s_name(path: str, kind: str | None, name: str) -> None:
    assert kind_and_name(path) == (kind, name)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1))
def test_any_name_survives_the_encoding_of_file_names(name: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    assert kind_and_name(f"profiles/{encoded}.profile") == ("Profile", name)


@pytest.mark.parametrize("suffix", sorted({one.suffix for one in TYPES}))
def test_every_suffix_is_wanted_in_both_forms_and_any_case(suffix: str) -> None:
    for name in (f"A{suffix}", f"A{suffix}-meta.xml", f"A{suffix.upper()}", f"A{suffix}-META.XML"):
        assert is_metadata_name(name)
    assert not is_metadata_name(f"A{suffix}.bak")
    assert not is_metadata_name(f"A{suffix}-meta.xml.orig")


@pytest.mark.parametrize("label", ["System Administrator", "system  administrator", "ADMIN", "Admin"])
def test_a_standard_profile_is_found_by_its_label_and_its_api_name(label: str) -> None:
    assert canonical_profile(label) == canonical_profile("Admin")


def test_settings_are_known_by_their_root_whatever_the_file_is_called(tmp_path: Path) -> None:
    write({"settings/Whatever.settings": HEALTHY[SECURITY]}, tmp_path)
    (found,) = loaded(tmp_path).components
    assert (found.kind, found.name) == ("SecuritySettings", "Whatever")


def test_settings_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    write({"Privacy.settings": document("PrivacySettings", "<a>1</a>")}, tmp_path)
    snapshot = loaded(tmp_path)
    assert (snapshot.components, snapshot.gaps, snapshot.source.files_read) == ((), (), 1)


@pytest.mark.parametrize("name", ["Security", "ConnectedApp", "OauthOidc", "MyDomain", "ExternalClientApp"])
@pytest.mark.parametrize("root", ["SecuritySettingz", "Settings", "PrivacySettings", "securitySettings"])
def test_settings_whose_root_is_not_what_their_name_says_are_a_gap(
    tmp_path: Path, name: str, root: str
) -> None:
    write({f"settings/{name}.settings-meta.xml": document(root)}, tmp_path)
    (gap,) = loaded(tmp_path).gaps
    assert gap.kind == SETTINGS_NAMES[name.lower()]


BROKEN = {
    "cut": (TEXT[:-20], 6),
    "damaged": (TEXT.replace("</custom>", "</cust>"), 3),
    "merged": (TEXT.replace("<loginIpRanges>", "<<<<<<< HEAD\n<loginIpRanges>", 1), 4),
    "wrong root": (TEXT.replace("Profile", "Report"), 2),
    "other namespace": (TEXT.replace("2006/04", "1999/01"), 2),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_broken_file_is_a_gap_with_kind_name_and_line_and_the_rest_is_kept(
    tmp_path: Path, name: str, form: str
) -> None:
    text, line = BROKEN[name]
    files = {**ALL, "profiles/Custom%3A Bad.profile": text}
    source = write(files, tmp_path / "a") if form == "folder" else zipped(tmp_path / "a.zip", files)
    snapshot = loaded(source)
    (gap,) = snapshot.gaps
    assert gap.what == f"profiles/Custom%3A Bad.profile:{line}"
    assert (gap.kind, gap.name) == ("Profile", "Custom: Bad")
    assert len(snapshot.components) == len(ALL)


@pytest.mark.parametrize("path", sorted(ALL))
def test_whatever_file_is_broken_the_gap_names_its_kind(tmp_path: Path, path: str) -> None:
    write({path: ALL[path][:-9]}, tmp_path)
    (gap,) = loaded(tmp_path).gaps
    assert gap.kind == parsed(path, ALL[path]).kind
    assert gap.name == kind_and_name(path)[1]


def test_a_broken_settings_file_of_no_known_name_may_hide_any_kind(tmp_path: Path) -> None:
    write({"Mine.settings": "<SecuritySettings"}, tmp_path)
    (gap,) = loaded(tmp_path).gaps
    assert gap.kind == ANY_KIND


def test_a_disk_that_fails_in_the_middle_is_a_gap_without_the_system_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ALL, tmp_path)
    whole = loaded(tmp_path)
    monkeypatch.setattr(Entry, "open", lambda _: Broken(b"<Profile>"))
    snapshot = loaded(tmp_path)
    assert snapshot.components == ()
    assert len(snapshot.gaps) == len(whole.components)
    assert all("system" not in gap.reason for gap in snapshot.gaps)


def test_a_fault_of_ours_is_not_taken_for_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> Component:
        raise ZeroDivisionError

    write(ALL, tmp_path)
    monkeypatch.setattr("sfharden.sources.metadata_files.parse_component", explode)
    with pytest.raises(ZeroDivisionError):
        loaded(tmp_path)


def test_two_readings_give_the_same_bytes(tmp_path: Path) -> None:
    write({**ALL, "profiles/Bad.profile": "<"}, tmp_path)
    first, second = (loaded(tmp_path).model_dump_json(by_alias=True) for _ in range(2))
    assert first == second


def test_a_snapshot_survives_being_written_and_read(tmp_path: Path) -> None:
    write({**ALL, "profiles/Bad.profile": "<", "profiles/N.profile": profile("<custm>a</custm>")}, tmp_path)
    snapshot = loaded(tmp_path)
    assert any(one.gaps for one in snapshot.components)
    assert Snapshot.model_validate_json(snapshot.model_dump_json(by_alias=True)) == snapshot
    save_snapshot(snapshot, tmp_path / "snapshot.json")
    assert load_snapshot_file(tmp_path / "snapshot.json") == snapshot


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
components = st.builds(
    Component,
    kind=texts,
    name=texts,
    file=texts,
    values=st.dictionaries(
        texts, st.lists(st.builds(Value, text=st.none() | texts, line=st.integers(0)), max_size=2).map(tuple)
    ),
    permissions=st.dictionaries(texts, st.integers(0)),
)


@given(st.lists(components, max_size=3), st.lists(st.builds(Gap, what=texts, reason=texts), max_size=2))
def test_any_snapshot_survives_json(found: list[Component], gaps: list[Gap]) -> None:
    snapshot = Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="files", name="x"),
        components=tuple(found),
        gaps=tuple(gaps),
    )
    assert Snapshot.model_validate_json(snapshot.model_dump_json(by_alias=True)) == snapshot


def test_the_reason_of_a_gap_never_holds_what_the_file_says(tmp_path: Path) -> None:
    hostile = "\x1b[31m" + "A" * 300
    write({"a.profile": f"<{'B' * 5000}/>", "b.profile": hostile, "c.profile": f"<P>{hostile}"}, tmp_path)
    for gap in loaded(tmp_path).gaps:
        assert len(gap.reason) < 200
        assert gap.reason.isprintable()


def test_a_file_may_have_more_bytes_than_one_reading_takes(tmp_path: Path) -> None:
    filler = "<tabVisibilities><tab>x</tab></tabVisibilities>\n" * 20_000
    write({"profiles/Big.profile": TEXT.replace("<custom>", filler + "<custom>")}, tmp_path)
    (found,) = loaded(tmp_path).components
    assert found.groups["loginIpRanges"][0].line == 20_004
    with pytest.raises(BadMetadata, match="larger"):
        parsed("profiles/Big.profile", TEXT + " " * 10_000_001)
    assert load_snapshot(tmp_path, "0", max_file_bytes=900_000).gaps


@pytest.mark.parametrize(
    "path",
    [
        "permissionsetgroups/G.permissionsetgroup",
        "mutingpermissionsets/M.mutingpermissionset",
        "transactionSecurityPolicies/T.transactionSecurityPolicy",
        "settings/SingleSignOn.settings",
        "main/default/settings/SingleSignOn.settings-meta.xml",
        "samlssoconfigs/S.samlssoconfig",
        "main/default/anything/New.notKnownYet-meta.xml",
    ],
)
def test_a_proposal_names_what_it_brings_besides_what_is_read(tmp_path: Path, path: str) -> None:
    files = {**ALL, path: document("Whatever", "<label>x</label>")}
    for source in (write(files, tmp_path / "folder"), zipped(tmp_path / "p.zip", files)):
        proposal = load_proposal(Path(source), "1")
        assert [gap.what for gap in proposal.gaps] == [path]
        assert proposal.gaps[0].kind == ANY_KIND
        assert "the proposal also changes this" in proposal.gaps[0].reason


def test_many_files_of_one_type_are_one_gap(tmp_path: Path) -> None:
    files = {f"flows/F{n}.flow": document("Flow", "") for n in range(3)}
    proposal = load_proposal(Path(write({**ALL, **files}, tmp_path / "folder")), "1")
    assert [gap.what for gap in proposal.gaps] == ["flows/F0.flow"]
    assert "2 more of its type" in proposal.gaps[0].reason


def test_what_no_deployment_brings_is_no_gap_of_a_proposal(tmp_path: Path) -> None:
    beside = {"README.md": "x", "package.xml": document("Package", ""), "sfdx-project.json": "{}"}
    assert load_proposal(Path(write({**ALL, **beside}, tmp_path / "folder")), "1").gaps == ()


def test_a_link_that_hides_what_a_proposal_brings_is_a_gap_once(tmp_path: Path) -> None:
    folder = Path(write(ALL, tmp_path / "folder"))
    for name in ("permissionsetgroups/G.permissionsetgroup", "profiles/Linked.profile"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(tmp_path / "elsewhere")
    found = sorted(gap.what for gap in load_proposal(folder, "1").gaps)
    assert found == ["permissionsetgroups/G.permissionsetgroup", "profiles/Linked.profile"]


@pytest.mark.parametrize(
    "path",
    [
        "layouts/Account-Layout.layout-meta.xml",
        "objects/Account/fields/Rating__c.field-meta.xml",
        "objects/Account/Account.object-meta.xml",
        "lwc/card/card.js-meta.xml",
        "reports/Sales/Won.report-meta.xml",
    ],
)
def test_what_cannot_touch_who_gets_in_is_no_gap_of_a_proposal(tmp_path: Path, path: str) -> None:
    assert load_proposal(Path(write({**ALL, path: document("X", "")}, tmp_path / "folder")), "1").gaps == ()


@pytest.mark.parametrize(
    "path",
    [
        "classes/Handler.cls-meta.xml",
        "triggers/OnUser.trigger-meta.xml",
        "pages/LoginFlow.page-meta.xml",
        "customMetadata/Rule.Strict.md-meta.xml",
        "flows/Login.flow-meta.xml",
        "never/Heard.of-meta.xml",
    ],
)
def test_what_may_have_a_hand_in_a_sign_in_stays_a_gap(tmp_path: Path, path: str) -> None:
    proposal = load_proposal(Path(write({**ALL, path: document("X", "")}, tmp_path / "folder")), "1")
    assert [gap.what for gap in proposal.gaps] == [path]
