"""What a plan leaves to people, through the command line: shown before, and as the org then is."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sfharden.demo.hands import deploy_folder
from sfharden.demo.sample import integration_path
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_NAME, ELSEWHERE, INTEGRATION_USER, MINIMUM, OPERATOR
from sfharden.emulator.generate import PROFILE as OLD
from sfharden.emulator.http.server import DemoServer
from sfharden.text.wrapping import display_width
from tests.conftest import Run
from tests.emulator.kit import NOW, Client

NEW, SET = "Night Shift Robot", "crm_sync_rights"
NOBODYS = tuple(word for one in ELSEWHERE for word in ("--expect-refused", one))
ADMINISTRATIVE = ("AuthorApex", "CustomizeApplication", "ManageUsers", "ModifyAllData", "ViewAllData")


def right(name: str) -> str:
    return f"<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>"


def replace(server: DemoServer, path: str, pattern: str, text: str) -> None:
    before = server.org.metadata[path].decode()
    server.org.metadata[path] = re.sub(pattern, text, before, flags=re.DOTALL).encode()
    sync(server.org)


@dataclass(frozen=True)
class Place:
    """The tour's org, whose integration is to get a profile of its own by `clone_from`; its old one is a plain one."""

    server: DemoServer
    folder: Path
    run: Run

    def __call__(self, command: str, *more: str | Path) -> tuple[int, str, str]:
        live = ("--instance-url", self.server.base_url, "-i", self.folder / "integration.yaml")
        desk = () if command == "check" else ("--my-address", OPERATOR)
        return self.run(command, *live, *desk, *more)

    @property
    def package(self) -> Path:
        return self.folder / "change" / "package"

    def hold_plain_rights_alone(self) -> None:
        """The old profile grants nothing that isn't offered again."""
        replace(self.server, f"profiles/{OLD}.profile", re.escape(right("ViewSetup")), "")
        for name in ("viewAllRecords", "modifyAllRecords"):
            replace(self.server, f"profiles/{OLD}.profile", f"<{name}>true<", f"<{name}>false<")

    def simulated(self, *more: str | Path) -> tuple[int, str]:
        code, out, _ = self("simulate", "--with", self.package, *NOBODYS, *more)
        return code, out

    def rows(self) -> dict[str, dict[str, str]]:
        """Outcome today, after the package, and after the steps by hand, by row."""
        (one,) = json.loads(self.simulated("-f", "json")[1])["integrations"]
        sides = ("before", "after", "by_hand")
        return {
            row["id"]: {side: row[side]["outcome"] for side in sides if row[side]} for row in one["matrix"]
        }

    def done_by_hand(self, *, with_set: bool) -> None:
        """What a person does in Setup."""
        org = self.server.org
        user, made = org.user(INTEGRATION_USER), org.profile(NEW)
        assert user
        assert made
        if with_set:
            given = org.permission_set(SET)
            assert given
            org.assign(user, given)
        user.profile_id = made.id

    def calls(self) -> int:
        """The status of a call to the API with a token of the integration, from one of its addresses."""
        org = self.server.org
        user = org.user(INTEGRATION_USER)
        assert user
        token = org.open_session(user, APP_NAME)
        client = Client(self.server, source="192.0.2.10", token=token)
        try:
            return client.query("SELECT Id FROM Organization").status
        finally:
            client.close()


@pytest.fixture
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    sample = integration_path()
    shutil.copytree(sample.parent, tmp_path, dirs_exist_ok=True)
    text = sample.read_text("utf-8").replace(f"profile: {OLD}", f"profile: {NEW}")
    (tmp_path / "integration.yaml").write_text(text, "utf-8")
    with serve_tour(NOW) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        for name in ADMINISTRATIVE:
            pattern = (
                rf"<userPermissions>\s*<enabled>true</enabled>\s*<name>{name}</name>\s*</userPermissions>"
            )
            replace(server, f"profiles/{OLD}.profile", pattern, "")
        replace(
            server,
            f"profiles/{OLD}.profile",
            "</Profile>",
            f"{right('EditTask')}{right('ViewSetup')}</Profile>",
        )
        yield Place(server, tmp_path, run)


def test_the_new_profile_alone_refuses_every_call_and_so_does_the_org(place: Place) -> None:
    assert place("plan", "-o", place.folder / "change", *NOBODYS)[0] == 0
    shutil.rmtree(place.package / "permissionsets")
    manifest = place.package / "package.xml"
    manifest.write_text(
        re.sub(rf"\s*<types>\s*<members>{SET}.*?</types>", "", manifest.read_text(), flags=re.DOTALL)
    )
    code, out = place.simulated()
    assert code == 1
    assert max(map(display_width, out.partition("\nNext:\n")[0].splitlines())) <= 80
    line = next(one for one in out.splitlines() if "The Logic App calls the API" in one)
    assert line.split()[-5:] == ["let", "in", "let", "in", "REFUSED"]
    assert "After the steps by hand: The Logic App calls the API" in " ".join(out.split())
    assert "lacks API Enabled" in out
    assert "nobody who must get in would be shut out" not in out
    before = place.rows()["calling"]
    assert before == {"before": "allowed", "after": "allowed", "by_hand": "refused"}
    assert deploy_folder(place.server, place.package)
    assert place.calls() == 200
    place.done_by_hand(with_set=False)
    assert place.calls() == 403
    assert place.rows()["calling"] == {"before": "refused", "after": "refused"}


def test_with_the_permission_set_offered_the_calls_are_let_in_and_so_they_are(place: Place) -> None:
    place.hold_plain_rights_alone()
    code, out, _ = place("plan", "-o", place.folder / "change", *NOBODYS)
    assert code == 0
    assert f"sf org assign permset --name {SET}" in out
    code, out = place.simulated()
    assert code == 0
    assert place.rows()["calling"] == {"before": "allowed", "after": "allowed", "by_hand": "allowed"}
    assert "Give svc-logicapps@acme.example the profile 'Night Shift Robot'" in " ".join(out.split())
    assert deploy_folder(place.server, place.package)
    place.done_by_hand(with_set=True)
    assert place.calls() == 200


def test_what_is_lost_is_listed_and_only_plain_rights_are_offered(place: Place) -> None:
    place("plan", "-o", place.folder / "change", *NOBODYS)
    (rights,) = json.loads((place.folder / "change" / "plan.json").read_text("utf-8"))["rights"]
    assert rights["rights"][:2] == [
        "ApiEnabled",
        "Account (Read, Create, Edit, Delete, ModifyAllRecords, ViewAllRecords)",
    ]
    assert rights["offered"] == [
        "ApiEnabled", "Account (Read, Create, Edit, Delete)", "Account.Rating (Read, Edit)", "EditTask",
    ]  # fmt: skip
    assert rights["left_out"] == ["Account (ModifyAllRecords, ViewAllRecords)", "ViewSetup"]
    assert rights["gaps"] == []
    readme = (place.folder / "change" / "README.md").read_text("utf-8")
    assert "Never offered, since it administers the org: ViewSetup." in readme
    assert (
        f"sf org assign permset --name {SET} --on-behalf-of {INTEGRATION_USER} --target-org YOUR_ORG"
        in readme
    )
    file = (place.package / "permissionsets" / f"{SET}.permissionset").read_text("utf-8")
    assert "ViewSetup" not in file
    assert "<modifyAllRecords>true" not in file


def test_what_is_never_offered_leaves_it_open(place: Place) -> None:
    place("plan", "-o", place.folder / "change", *NOBODYS)
    code, out = place.simulated()
    assert code == 4
    assert "nothing gives back Account (ModifyAllRecords, ViewAllRecords), ViewSetup" in " ".join(out.split())


def test_a_set_from_which_an_object_was_taken_gives_it_back_neither_before_nor_after(place: Place) -> None:
    place.hold_plain_rights_alone()
    place("plan", "-o", place.folder / "change", *NOBODYS)
    file = place.package / "permissionsets" / f"{SET}.permissionset"
    whole = file.read_text("utf-8")
    file.write_text(
        re.sub(r"<objectPermissions>.*?</objectPermissions>", "", whole, flags=re.DOTALL), "utf-8"
    )
    code, out = place.simulated()
    assert code == 4
    assert "nothing gives back Account (Read, Create, Edit, Delete)" in " ".join(out.split())
    assert deploy_folder(place.server, place.package)
    code, out, _ = place("plan", "--accept-lockout-risk", *NOBODYS)
    assert code == 4
    assert "doesn't grant Account (Read, Create, Edit, Delete), as far as" in " ".join(out.split())
    assert "sf org assign permset" not in out


def test_a_set_that_administers_is_told_with_the_control_that_it_fails(place: Place) -> None:
    place.hold_plain_rights_alone()
    place("plan", "-o", place.folder / "change", *NOBODYS)
    file = place.package / "permissionsets" / f"{SET}.permissionset"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("</PermissionSet>", f"{right('ModifyAllData')}</PermissionSet>"), "utf-8")
    code, out = place.simulated()
    assert code == 4
    assert "also gives svc-logicapps@acme.example what is never offered: ModifyAllData" in " ".join(
        out.split()
    )
    (told,) = (
        one
        for one in json.loads(place.simulated("-f", "json")[1])["controls"]
        if one["control"] == "integration-profile-least-privilege"
    )
    assert (told["after"] or {}).get("status", told["after"]) != "fail"
    assert "fail" in str(told["by_hand"])
    assert deploy_folder(place.server, place.package)
    code, out, _ = place("plan", "--accept-lockout-risk", *NOBODYS)
    assert code == 4
    assert "also grants what is never offered: ModifyAllData" in " ".join(out.split())


def test_an_old_profile_that_permits_everything_leaves_it_open(place: Place) -> None:
    replace(place.server, f"profiles/{OLD}.profile", "</Profile>", f"{right('ModifyAllData')}</Profile>")
    code, out, _ = place("plan", *NOBODYS)
    assert code == 4
    assert "permits every object by ModifyAllData, which is never offered" in " ".join(out.split())


def test_without_with_the_plan_brings_its_permission_set(place: Place) -> None:
    place.hold_plain_rights_alone()
    code, out, _ = place("simulate", *NOBODYS)
    assert code == 0
    assert SET in out


def test_nothing_more_is_planned_while_the_steps_are_still_to_do(place: Place) -> None:
    place("plan", "-o", place.folder / "change", *NOBODYS)
    assert deploy_folder(place.server, place.package)
    _, out, _ = place("plan", "--accept-lockout-risk", *NOBODYS)
    assert f"PermissionSet '{SET}'" not in out
    assert f"({SET}) to" in " ".join(out.split())
    place.done_by_hand(with_set=True)
    _, out, _ = place("plan", *NOBODYS)
    assert "Assign the permission set" not in " ".join(out.split())


def test_who_has_the_profile_and_lacks_api_enabled_is_offered_it(place: Place) -> None:
    place("plan", "-o", place.folder / "change", *NOBODYS)
    assert deploy_folder(place.server, place.package)
    place.done_by_hand(with_set=False)
    code, out, _ = place("check", "--policy", "logic-apps-salesforce", "-f", "json")
    assert code == 1
    found = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert found["integration-user-can-call-api"] == "fail"
    _, out, _ = place("plan", *NOBODYS)
    assert "has the profile 'Night Shift Robot' and lacks: API Enabled" in " ".join(out.split())
    assert MINIMUM not in out


def test_a_former_plan_with_a_permission_set_holds_until_it_is_deployed(place: Place) -> None:
    change = place.folder / "change"
    place("plan", "-o", change, *NOBODYS)
    code, out, _ = place("plan", "--plan", change, *NOBODYS)
    assert code == 0
    assert "stillholds" in "".join(out.split())
    assert deploy_folder(place.server, place.package)
    code, _, err = place("plan", "--plan", change, "--accept-lockout-risk", *NOBODYS)
    assert code == 3
    assert "Plan again" in err


def test_the_readme_as_markdown_names_every_right(place: Place) -> None:
    _, out, _ = place("plan", "-f", "markdown", *NOBODYS)
    assert "## What the profile doesn't grant" in out
    assert "Account (Read, Create, Edit, Delete, ModifyAllRecords, ViewAllRecords)" in out
