"""Whatever an org, a file or a folder is called, no command says to a build's log what that takes for a command."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import ELSEWHERE, INTEGRATION_USER, healthy_org, integration_login
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.records import AuditEntry, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import connected_app_xml
from sfharden.emulator.untidy import COLLEAGUE
from sfharden.report.form_registry import BY_NAME
from sfharden.text.build_log import gives_orders
from tests.orgs.constants import NOW
from tests.orgs.files import APP, write
from tests.orgs.files import PROFILE as PROFILE_FILE
from tests.orgs.served import INTEGRATION_FILE

from .kit import Run

EVIL = "\n::error::a ##vso[task.complete]b ##[error]c ::stop-commands::d"
FORMS = {
    "check": (*BY_NAME,),
    "apps": ("table", "json", "csv", "markdown", "sarif", "junit", "ocsf", "github", "html"),
    "simulate": ("table", "json", "markdown", "html", "csv"),
    "plan": ("table", "json", "markdown", "html", "csv", "diff"),
    "verify": ("table", "json", "markdown", "csv"),
    "tokens": ("table", "json", "csv", "markdown"),
    "egress": ("table", "json", "ranges", "markdown", "csv"),
}
OTHERS = (
    ("doctor",),
    ("init", "-o", "-"),
    ("snapshot", "-o", "-"),
    ("snapshot", "--with-metadata", "-o", "-"),
    ("revoke", "--app", "Azure Logic Apps", "--dry-run"),
    ("revoke", "--all", "--dry-run"),
    ("hunt", "--addresses", "addresses.txt"),
    ("hunt", "--addresses", "addresses.txt", "-f", "markdown"),
    ("drift", "healthy.json"),
    ("drift", "healthy.json", "-f", "markdown"),
)
WITHOUT_ORG = {"egress"}
WITHOUT_INTEGRATION = {"apps", "tokens"}


def hostile_org() -> DemoOrg:
    """The healthy org, and every text of somebody's that a name can be made of says what a log must not hear."""
    org = healthy_org(NOW)
    org.name = f"Acme {EVIL}"
    org.metadata["connectedApps/Evil.connectedApp"] = connected_app_xml(
        f"Evil {EVIL}", admin_approved=False, relaxation="BYPASS", refresh="infinite"
    )
    org.metadata[APP] = org.metadata[APP].replace(
        b"<label>", b"<description>x\n" + EVIL.encode() + b"\n</description>\n<label>"
    )
    described = f"<description>x{EVIL}</description>\n</loginIpRanges>".encode()  # beside what a plan adds
    org.metadata[PROFILE_FILE] = org.metadata[PROFILE_FILE].replace(b"</loginIpRanges>", described)
    sync(org)
    for one in org.users:
        if one.username == COLLEAGUE:
            one.username = f"dana{EVIL}@acme.example"
    for permission_set in org.permission_sets:
        permission_set.label += EVIL
    service = org.user(INTEGRATION_USER)
    assert service
    org.tokens.extend([OauthToken(f"Stranger {EVIL}", service.id, NOW - timedelta(days=9), "dT900", NOW, 3)])
    login = integration_login(org, service, NOW - timedelta(hours=1), ELSEWHERE[1])
    odd = login._replace(status=f"Failed {EVIL}", application=EVIL, browser=EVIL)
    org.logins = LoginStore(sorted((*org.logins, login, odd), key=lambda one: one.time))
    org.audit_trail.append(AuditEntry("0Ym1", "changedProfile", EVIL, EVIL, NOW, service.id))
    return org


@pytest.fixture(scope="module")
def hostile() -> Iterator[DemoServer]:
    with serve(hostile_org()) as server:
        yield server


@pytest.fixture
def folder(hostile: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SF_ACCESS_TOKEN", hostile.tokens["auditor"])
    monkeypatch.chdir(tmp_path)
    # Another range than the org has: there is something to plan.
    text = INTEGRATION_FILE.replace("operator_ranges: [", "operator_ranges: [203.0.113.77, ")
    quoted = EVIL.replace("\n", "\\n")
    (tmp_path / "i.yaml").write_text(text.replace("name: crm-sync", f'name: "crm {quoted}"'), "utf-8")
    return tmp_path


def words_of(server: DemoServer, command: str) -> list[str]:
    place = [] if command in WITHOUT_ORG else ["--instance-url", server.base_url]
    return [*place, *([] if command in WITHOUT_INTEGRATION else ["-i", "i.yaml"])]


@pytest.mark.parametrize("command", FORMS)
def test_no_form_of_a_command_gives_an_order(
    run: Run, hostile: DemoServer, folder: Path, command: str
) -> None:
    named = False
    for form in FORMS[command]:
        code, out, err = run(command, *words_of(hostile, command), "-f", form)
        assert code in (0, 1, 4), (form, err)
        named |= "error" in out
        assert not gives_orders(err), form
        if form == "github":
            assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in out.splitlines())
            out = "\n".join(line.lstrip(":") for line in out.splitlines())
        assert not gives_orders(out), form
    assert named  # what is hostile was to be said


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: " ".join(words[:3]))
def test_no_other_output_gives_an_order(
    run: Run, hostile: DemoServer, folder: Path, words: tuple[str, ...]
) -> None:
    name, *rest = words
    (folder / "addresses.txt").write_text("\n".join(ELSEWHERE))
    if name == "drift":
        with serve(healthy_org(NOW)) as server:
            run("snapshot", "--instance-url", server.base_url, "-o", "healthy.json")
    code, out, err = run(name, "--instance-url", hostile.base_url, *rest)
    assert code in (0, 1, 4), err
    assert "error" in out
    assert not gives_orders(out)
    assert not gives_orders(err)


def test_a_file_to_begin_with_gives_none_though_it_keeps_the_name(run: Run, tmp_path: Path) -> None:
    app = connected_app_xml(f"Evil {EVIL}", admin_approved=False).decode()
    code, out, _ = run("init", "--source", write({APP: app}, tmp_path / "force-app"), "-o", "-")
    assert code == 0
    assert not gives_orders(out)
    assert yaml.safe_load(out)["integrations"][0]["app"].split() == f"Evil {EVIL}".split()


def test_a_diff_that_a_log_would_obey_is_shown_harmless_and_says_so(
    hostile: DemoServer, folder: Path, run: Run
) -> None:
    plan = ("plan", *words_of(hostile, "plan"), "-f", "diff")
    _, out, err = run(*plan)
    assert "task.complete" in out
    assert "can't be applied" in err
    with serve(healthy_org(NOW)) as server:
        _, out, err = run("plan", "--instance-url", server.base_url, "-i", "i.yaml", "-f", "diff")
    assert "+" in out
    assert "can't be applied" not in err


def test_every_command_that_names_things_of_an_org_is_tried() -> None:
    from sfharden.cli import COMMANDS

    silent = {
        "report",
        "azure-exports",  # an id with anything else than Azure allows is refused
        "controls",
        "demo",
        "send",  # rows of JSON, of a saved report
        "sentinel",  # a folder
        "verify-attestation",
    }  # of a saved report, see test_forms; of what sfharden itself names
    assert {*FORMS, *(words[0] for words in OTHERS)} | silent == set(COMMANDS)
