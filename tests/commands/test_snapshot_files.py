"""A snapshot with its metadata files: it's planned on as the org is, and holds no secret and no consumer key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.commands.snapshot_files import kept_file, require_files, within
from sfharden.demo.sample import sample_folder
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.errors import UsageError
from sfharden.model import kinds
from sfharden.model.azure import AzureSnapshot
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import KeptFile
from sfharden.sources.snapshot_file import load_snapshot_file
from tests.conftest import Run
from tests.emulator.kit import NOW
from tests.orgs.constants import INTEGRATION_YAML
from tests.orgs.files import APP, HEALTHY, PROFILE, SECURITY, write
from tests.orgs.served import INTEGRATION_FILE
from tests.orgs.tables import running
from tests.orgs.unhardened import OF_A_CONNECTED_APP, OF_AN_EXTERNAL_APP, LetGo

KEY, SECRET = "3MVG9SECRETLIKE", "HUSH-HUSH"
BAD = {**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    with serve_tour(NOW) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(BAD, tmp_path / "src")
    (tmp_path / "i.yaml").write_text(INTEGRATION_YAML)
    return tmp_path


def held(place: Path) -> dict[str, KeptFile]:
    return {one.path: one for one in load_snapshot_file(place / "s.json").files or ()}


def test_a_plan_from_it_is_the_one_made_live(run: Run, tour: DemoServer, tmp_path: Path) -> None:
    live, path = ("--instance-url", tour.base_url), tmp_path / "s.json"
    named = ("-i", sample_folder() / "integration.yaml")
    assert run("snapshot", *live, "--with-metadata", "-o", path)[0] == 0
    for source, folder in ((live, "a"), (("--snapshot", path), "b")):
        assert run("plan", *source, *named, "-o", tmp_path / folder)[0] == 4  # of the logins, as both say
    plans = [json.loads((tmp_path / one / "plan.json").read_text()) for one in "ab"]
    assert plans[0].pop("source")["kind"] == "org"
    assert plans[1].pop("source")["age_days"] is None  # else the same plan would be another tomorrow
    assert plans[0]["changes"]
    assert plans[0] == plans[1]
    for part in ("package", "rollback"):
        files = [
            {one.relative_to(tmp_path / name): one.read_bytes() for one in (tmp_path / name).rglob("*.*")}
            for name in (f"a/{part}", f"b/{part}")
        ]
        assert list(files[0].values()) == list(files[1].values())
    assert "drawn up on a snapshot of 2026-11-2" in (tmp_path / "b/README.md").read_text()
    said = run("plan", "--snapshot", path, *named, "--plan", tmp_path / "b")[1]
    assert "".join(said.split()).count("stillholds") == 1


@pytest.mark.parametrize("one", [*OF_A_CONNECTED_APP[::5], *OF_AN_EXTERNAL_APP[::5]], ids=str)
def test_so_it_is_for_other_orgs(
    run: Run, one: LetGo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "i.yaml").write_text(INTEGRATION_FILE)
    org = healthy_org(NOW, external=one in OF_AN_EXTERNAL_APP)
    org.knobs.retrieve_polls = 1  # nobody waits here
    one.change(org)
    with serve(org) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        live, found = ("--instance-url", server.base_url), []
        run("snapshot", *live, "--with-metadata", "-o", tmp_path / "s.json")
        for source in (live, ("--snapshot", tmp_path / "s.json")):
            code, out, _ = run("plan", *source, "-i", tmp_path / "i.yaml", "-f", "json")
            plan = json.loads(out) if out else {}
            plan.pop("source", None)
            found.append((code, plan))
    assert found[0] == found[1]


def test_simulate_says_the_same_of_it(run: Run, tour: DemoServer, tmp_path: Path) -> None:
    path, named = tmp_path / "s.json", ("-i", sample_folder() / "integration.yaml", "-f", "json")
    assert (
        run(
            "snapshot",
            "--instance-url",
            tour.base_url,
            "--logins-since",
            "30d",
            "--with-metadata",
            "-o",
            path,
        )[0]
        == 0
    )
    code, out, _ = run("simulate", "--instance-url", tour.base_url, *named)
    again, stored, _ = run("simulate", "--snapshot", path, *named)
    assert code == again == 1
    found = [json.loads(one) for one in (out, stored)]
    for one in found:
        one.pop("source")
        one.pop("as_of", None)
    assert found[0] == found[1]


def test_nothing_in_it_is_a_secret_or_a_key_and_the_plan_says_what_is_left_out(run: Run, place: Path) -> None:
    assert run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")[0] == 0
    text = (place / "s.json").read_text()
    assert KEY not in text
    assert SECRET not in text
    assert "<consumerKey>***</consumerKey>" in text
    code, out, _ = run("plan", "--snapshot", place / "s.json", "-i", place / "i.yaml", "-o", place / "plan")
    assert code == 0
    assert "consumerKey, consumerSecret of ConnectedApp" in " ".join(out.split())
    assert not any(b"***" in one.read_bytes() for one in (place / "plan/package").rglob("*.*"))
    run("plan", "--source", place / "src", "-i", place / "i.yaml", "-o", place / "direct")
    assert (place / "plan/package" / APP).read_bytes() == (place / "direct/package" / APP).read_bytes()


def test_a_snapshot_without_them_says_which_command_gives_one(run: Run, place: Path) -> None:
    assert run("snapshot", "--source", place / "src", "-o", place / "s.json")[0] == 0
    assert "files" not in json.loads((place / "s.json").read_text())  # an older sfharden takes it
    for command in ("plan", "simulate"):
        code, out, err = run(command, "--snapshot", place / "s.json", "-i", place / "i.yaml")
        assert (code, out) == (2, "")
        assert "sfharden snapshot --org ALIAS --with-metadata -o FILE" in err
    code, _, err = run("snapshot", "--snapshot", place / "s.json", "--with-metadata", "-o", place / "t.json")
    assert (code, "--with-metadata" in err) == (2, True)


def test_a_copy_holds_them_only_where_that_is_asked_for(run: Run, place: Path) -> None:
    run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")
    run("snapshot", "--snapshot", place / "s.json", "--with-metadata", "-o", place / "t.json")
    assert (place / "t.json").read_text() == (place / "s.json").read_text()
    run("snapshot", "--snapshot", place / "s.json", "-o", place / "t.json")
    assert "<Profile" not in (place / "t.json").read_text()


def test_a_stranger_s_snapshot_in_which_files_and_facts_differ_is_refused(run: Run, place: Path) -> None:
    run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")
    told = json.loads((place / "s.json").read_text())
    for one in told["files"]:
        one["text"] = one["text"].replace("specific_inactivity", "specific_lifetime")
    (place / "s.json").write_text(json.dumps(told))
    code, out, err = run("plan", "--snapshot", place / "s.json", "-i", place / "i.yaml")
    assert (code, out) == (3, "")
    assert f"says one thing of {APP}, and its file another" in err


def test_an_old_one_is_looked_at_first(run: Run, tour: DemoServer, tmp_path: Path) -> None:
    path, named = tmp_path / "s.json", ("-i", sample_folder() / "integration.yaml")
    run("snapshot", "--instance-url", tour.base_url, "--with-metadata", "-o", path)
    code, out, _ = run("plan", "--snapshot", path, *named, "--max-age", "0")
    assert code == 4
    first = " ".join(out.split()).partition("LOOK AT THIS FIRST ")[2]
    assert first.startswith("- Who has which profile, and where the integration calls from, may have changed")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<label>", "<consumerKei>HIDDEN</consumerKei><label>", "its consumerKei may hold a secret"),
        ("<label>", "<consumerSecret2>HIDDEN</consumerSecret2><label>", ""),
        ("<label>", "<!-- old consumerSecret: HIDDEN --><label>", "a comment in it may hold a secret"),
        (
            "<label>",
            "<description>5Aep861HIDDEN_____________</description><label>",
            "its description may hold a secret",
        ),
        (
            "<label>",
            "<description>5Aep86&#49;HIDDEN_____________</description><label>",
            "description may hold a secret",
        ),
        (
            "<label>",
            "<startUrl>https://svc:HIDDEN@gw.example/</startUrl><label>",
            "its startUrl may hold a secret",
        ),
        (
            "<label>",
            "<infoUrl>https://gw.example/?client_secret=HIDDEN</infoUrl><label>",
            "its infoUrl may hold a secret",
        ),
        (
            "<label>",
            "<description>client_secret=HIDDEN</description><label>",
            "its description may hold a secret",
        ),
        ("<label>", '<consumerSecret value="HIDDEN"/><label>', "its consumerSecret holds more than a text"),
        ("<label>", '<label secret="HIDDEN">', "an attribute in it may hold a secret"),
        ("<label>", "<!-- https://svc:HIDDEN@gw.example/ --><label>", "a comment in it may hold a secret"),
        ("<label>", "<!-- 5Aep861HIDDEN_____________ --><label>", "a comment in it may hold a secret"),
        ("<label>", "<accessToken>HIDDEN</accessToken><label>", ""),
    ],
)
def test_a_file_that_may_hold_more_secrets_is_not_kept_and_named(
    run: Run, place: Path, old: str, new: str, said: str
) -> None:
    (place / "src" / APP).write_text(BAD[APP].replace(old, new, 1))
    code, _, err = run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")
    assert "HIDDEN" not in (place / "s.json").read_text()
    assert (code, f"Not kept: {APP}" in err, said in err) == ((4, True, True) if said else (0, False, True))
    assert (held(place)[APP].text is None) == bool(said)
    if said:
        code, out, err = run("plan", "--snapshot", place / "s.json", "-i", place / "i.yaml")
        assert (code, out) == (3, "")
        assert f"{APP} was read, but its bytes are not at hand" in err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "latin-1"])
def test_what_is_not_utf_8_is_not_kept(encoding: str) -> None:
    data = "<ConnectedApp><consumerSecret>HUSHé</consumerSecret></ConnectedApp>".encode(encoding)
    found = kept_file(RawFile("a", kinds.CONNECTED_APP, "a", data))
    assert found.text is None
    assert "HUSH" not in found.reason


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&>"), max_size=20),
    st.booleans(),
)
def test_other_files_come_back_byte_for_byte(label: str, mark: bool) -> None:
    data = ("\ufeff" if mark else "").encode() + f"<Profile>\r\n<label>{label}</label>\n</Profile>".encode()
    assert kept_file(RawFile("a", kinds.PROFILE, "a", data)).text.encode() == data  # type: ignore[union-attr]


def test_where_there_are_too_many_the_longest_are_left_out() -> None:
    files = [KeptFile(path=name, text="x" * size) for name, size in (("a", 50), ("b", 5), ("c", 40))]
    found = within(files, 50)
    assert [(one.path, one.text is None) for one in found] == [("a", True), ("b", False), ("c", False)]
    assert "more than" in found[0].reason
    assert within(files, 95) == tuple(files)


def test_a_blocked_app_stays_blocked_though_its_file_tells_no_key(run: Run, place: Path) -> None:
    body = f"<consumerKey>{KEY}</consumerKey><consumerName>x</consumerName><masterLabel>x</masterLabel>"
    block = (
        f'<BlacklistedConsumer xmlns="http://soap.sforce.com/2006/04/metadata">{body}</BlacklistedConsumer>'
    )
    write({**BAD, "blacklistedConsumers/x.blacklistedConsumer": block}, place / "src")
    run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")
    said = []
    for source in (("--source", place / "src"), ("--snapshot", place / "s.json")):
        found = json.loads(run("simulate", *source, "-i", place / "i.yaml", "-f", "json")[1])
        found.pop("source")
        said.append(found)
    assert "The org blocks the app" in json.dumps(said[0])
    assert said[0] == said[1]


def test_a_profile_may_be_cloned_from_it(run: Run, place: Path) -> None:
    (place / "i.yaml").write_text(
        INTEGRATION_YAML.replace(
            "profile: Logic Apps Integration", "profile: New\n    clone_from: Logic Apps Integration"
        )
    )
    run("snapshot", "--source", place / "src", "--with-metadata", "-o", place / "s.json")
    assert PROFILE in held(place)
    assert SECURITY in held(place)
    code, out, _ = run("plan", "--snapshot", place / "s.json", "-i", place / "i.yaml")
    assert "a clone of Logic Apps Integration" in out
    assert code == 4  # whether there is such a profile: files don't tell


def test_a_snapshot_without_files_says_how_the_azure_half_is_planned() -> None:
    """Only where there is one."""
    for azure, said in ((None, False), (AzureSnapshot(source="live"), True)):
        snapshot = running().model_copy(update={"files": None, "azure": azure})
        with pytest.raises(UsageError) as refused:
            require_files(snapshot)
        assert ("Azure's half alone" in refused.value.hint) is said
