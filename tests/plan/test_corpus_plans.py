"""Plans for real files of others, where they are at hand: nothing else is touched, and there is a way back."""

from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.facts.profiles import login_ranges
from sfharden.model import kinds
from sfharden.plan.package import diff, package_files, rollback_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.secrets import packaged
from sfharden.plan.xml_tree import parse
from sfharden.sources.metadata_files import kind_and_name, load_snapshot
from tests.orgs.metadata import loaded
from tests.plan.kit import Files, flat, git_apply, healthy, integration, outcome, rest, write
from tests.sources.test_corpus import CORPUS

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")

TOUCHED = {
    kinds.PROFILE: ("loginIpRanges",),
    kinds.CONNECTED_APP: (
        "oauthConfig.isAdminApproved",
        "oauthPolicy",
        "profileName",
    ),
    kinds.EXTERNAL_OAUTH_POLICY: (
        "permittedUsersPolicyType",
        "ipRelaxationPolicyType",
        "refreshTokenPolicyType",
        "refreshTokenValidityPeriod",
        "refreshTokenValidityUnit",
        "commaSeparatedProfile",
    ),
    kinds.SECURITY: ("sessionSettings.enforceIpRangesEveryRequest",),
}


def files_of(folder: str, ending: str) -> list[Path]:
    if not CORPUS.is_dir():
        return []
    return sorted(path for path in (CORPUS / folder).iterdir() if ending in path.name)


def check(source: dict[str, bytes], planned: PlanResult, tmp_path: Path) -> None:
    """The five promises, for every file that the plan touches."""
    for file in planned.files:
        before, touched = source[file.path], TOUCHED[file.kind]
        made = [("sessionSettings", "[]", "")] if b"<sessionSettings>" not in before else []
        assert rest(before, *touched) == [one for one in rest(file.after, *touched) if one not in made]
        removed = set(flat(before)) - set(flat(file.after))
        assert all(one[0].startswith(touched) for one in removed)
        if file.kind == kinds.CONNECTED_APP:  # the policy's other elements stay
            kept = [one for one in flat(before) if one[0].startswith("oauthPolicy.single")]
            assert kept == [one for one in flat(file.after) if one[0].startswith("oauthPolicy.single")]
    if not planned.files:
        assert diff(planned) == b""
        return
    written = write(tmp_path / "source", source)
    git_apply(written, diff(planned))
    for file in planned.files:
        assert (written / file.path).read_bytes() == file.after
    git_apply(written, diff(planned), "-R")
    assert all((written / path).read_bytes() == data for path, data in source.items())
    package = loaded(write(tmp_path / "package", package_files(planned)))
    assert not package.gaps
    assert {one.kind for one in package.components} == {one.kind for one in planned.files}
    rollback = rollback_files(planned)
    for one in planned.files:
        assert rollback[one.member] == packaged(one.before or b"", one.path)
        names = {name for name, _, _ in flat(one.before or b"")} - {
            name for name, _, _ in flat(rollback[one.member])
        }
        assert all(name.endswith(("consumerKey", "consumerSecret")) for name in names)


@pytest.mark.parametrize("path", files_of("connected-apps", "connectedApp"), ids=lambda path: path.name)
def test_every_connected_app(path: Path, tmp_path: Path) -> None:
    source = {key: data for key, data in healthy().items() if "connectedApps" not in key}
    source[f"apps/{path.name}"] = path.read_bytes()
    _, name = kind_and_name(path.name)
    result = outcome(Files(source), integration(app=name)).planned
    if b"<oauthConfig>" not in source[f"apps/{path.name}"]:
        assert not result.plan.changes
        assert any("was not read" in one for one in result.plan.conditions)
        return
    assert result.files
    assert "DUMMY" not in "".join(repr(one) for one in result.plan.changes)
    check(source, result, tmp_path)


@pytest.mark.parametrize("path", files_of("external-client-apps", "ecaOauthPlcy"), ids=lambda path: path.name)
def test_every_external_client_app_policy(path: Path, tmp_path: Path) -> None:
    source = {key: data for key, data in healthy().items() if "connectedApps" not in key}
    source[f"ext/{path.name}"] = path.read_bytes()
    (app,) = {one.values["externalClientApplication"][0].text for one in load_snapshot(path, "0").components}
    result = outcome(Files(source), integration(app=app)).planned
    assert [one.kind for one in result.files] == [kinds.EXTERNAL_OAUTH_POLICY]
    check(source, result, tmp_path)


@pytest.mark.parametrize("path", files_of("profiles", ".profile"), ids=lambda path: path.name)
def test_every_profile(path: Path, tmp_path: Path) -> None:
    if load_snapshot(path, "0").gaps:
        with pytest.raises(InputError):
            parse(path.read_bytes(), path.name)
        return
    source = {key: data for key, data in healthy().items() if "profiles" not in key}
    source[f"profiles/{path.name}"] = path.read_bytes()
    _, name = kind_and_name(path.name)
    result = outcome(Files(source), integration(profile=name)).planned
    assert any(one.kind == kinds.PROFILE for one in result.files)
    check(source, result, tmp_path)


@pytest.mark.parametrize(
    "path", files_of("security-settings", "Security.settings"), ids=lambda path: path.name
)
def test_every_security_settings_file(path: Path, tmp_path: Path) -> None:
    source = {key: data for key, data in healthy().items() if "Security" not in key}
    source[f"settings/{path.name}"] = path.read_bytes()
    result = outcome(Files(source)).planned
    changed = [one for one in result.plan.changes if one.kind == kinds.SECURITY]
    assert bool(changed) == (b"<enforceIpRangesEveryRequest>true" not in path.read_bytes())
    check(source, result, tmp_path)


def test_a_real_profile_can_be_cloned(tmp_path: Path) -> None:
    for path in files_of("profiles", ".profile")[::4]:
        if load_snapshot(path, "0").gaps:
            continue
        _, name = kind_and_name(path.name)
        source = {key: data for key, data in healthy().items() if "profiles" not in key}
        source[f"profiles/{path.name}"] = path.read_bytes()
        result = outcome(Files(source), integration(profile="New & 'odd' 営業", clone_from=name)).planned
        (made,) = [one for one in result.files if one.kind == kinds.PROFILE]
        assert made.before is None
        skip = ("loginIpRanges", "custom", "fullName")
        assert rest(made.after, *skip) == rest(path.read_bytes(), *skip)
        folder = write(tmp_path / path.name, {made.member: made.after})
        (component,) = loaded(folder).components
        assert (component.name, component.values["custom"][0].text) == ("New & 'odd' 営業", "true")
        assert login_ranges(component).entries == 2
