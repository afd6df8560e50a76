"""A misspelt name gets "did you mean" from every command, and it's never a stranger where the profile's own user is near."""

from pathlib import Path

import pytest

from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER, MINIMUM, PROFILE
from sfharden.emulator.state import DemoOrg
from tests.orgs.files import SECURITY, write
from tests.orgs.reading import INTEGRATION_FILE
from tests.orgs.tables import UNLOCKED

from .kit import Run, words

SLIPS = {
    "app": ("Azure Logic App", APP_LABEL),
    "profile": ("Logic Apps Integratoin", PROFILE),
    "user": ("svc-logicapp@acme.example", INTEGRATION_USER),
}
COMMANDS = ("check", "doctor", "verify", "simulate", "plan")


def misspelt(tmp_path: Path, what: str, more: str = "") -> Path:
    wrong, right = SLIPS[what]
    assert right in INTEGRATION_FILE
    path = tmp_path / "slip.yaml"
    path.write_text(INTEGRATION_FILE.replace(right, wrong) + more, "utf-8")
    return path


def said(ask: Run, command: str, path: Path, tmp_path: Path) -> tuple[int, str]:
    proposal = ("--with", write({SECURITY: UNLOCKED}, tmp_path / "new")) if command == "simulate" else ()
    code, out, err = ask(command, "-i", path, *proposal)
    return code, words(out + err)


@pytest.mark.parametrize("what", SLIPS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_slip_in_the_integration_file_is_told_with_the_near_name(
    ask: Run, tmp_path: Path, command: str, what: str
) -> None:
    code, text = said(ask, command, misspelt(tmp_path, what), tmp_path)
    wrong, right = SLIPS[what]
    assert code in (1, 3, 4)
    assert wrong in text
    assert f"Did you mean '{right}'?" in text


@pytest.mark.parametrize("what", ["app", "user"])
@pytest.mark.parametrize("command", ["plan", "simulate"])
def test_a_slip_is_told_as_what_to_mend_first_where_a_plan_is_refused_for_it(
    ask: Run, org: DemoOrg, tmp_path: Path, command: str, what: str
) -> None:
    path = misspelt(tmp_path, what)
    file = f"profiles/{PROFILE}.profile"
    org.metadata[file] = org.metadata[file].replace(
        b"203.0.113.15", b"203.0.113.14"
    )  # so that ranges are planned
    code, out, err = ask(command, "-i", path)
    assert (code, out) == (3, "")
    assert "Hint: Mend the integration file first" in err
    assert words(err).count(f"Did you mean '{SLIPS[what][1]}'?") == 1


@pytest.mark.parametrize("what", SLIPS)
@pytest.mark.parametrize("command", [("tokens",), ("revoke", "--dry-run")], ids="-".join)
def test_a_slip_in_a_selection_is_told_with_the_near_name(
    ask: Run, command: tuple[str, ...], what: str
) -> None:
    wrong, right = SLIPS[what]
    code, _, err = ask(*command, f"--{what}", wrong)
    assert code == 2
    assert f"Did you mean '{right}'?" in err


@pytest.mark.parametrize("profile", [PROFILE, "Sales Sync"], ids=["not needed", "needed"])
def test_a_slip_in_clone_from_is_told_whether_it_is_needed_or_not(
    ask: Run, tmp_path: Path, profile: str
) -> None:
    path = tmp_path / "i.yaml"
    text = INTEGRATION_FILE.replace(
        f"profile: {PROFILE}", f"profile: {profile}\n    clone_from: Minimum Acess - Salesforce"
    )
    path.write_text(text, "utf-8")
    code, out = said(ask, "plan", path, tmp_path)
    assert code == (0 if profile == PROFILE else 4)
    assert f"Did you mean '{MINIMUM}'?" in out


def test_a_profile_that_is_to_be_made_and_is_near_another_is_looked_at_first(
    ask: Run, tmp_path: Path
) -> None:
    text = INTEGRATION_FILE.replace(
        f"profile: {PROFILE}", f"profile: Logic Apps Integratoin\n    clone_from: {MINIMUM}"
    )
    path = tmp_path / "i.yaml"
    path.write_text(text, "utf-8")
    code, out = said(ask, "plan", path, tmp_path)
    assert code == 4
    first = out.partition("LOOK AT THIS FIRST")[2]
    assert f"so a new one is planned. Did you mean '{PROFILE}'?" in first


@pytest.mark.parametrize("command", COMMANDS)
def test_a_stranger_is_not_suggested_where_the_profiles_own_user_is_near(
    ask: Run, org: DemoOrg, tmp_path: Path, command: str
) -> None:
    stranger = "svc-logicapp1@acme.example"
    org.add_user(stranger, "Standard")
    path = misspelt(tmp_path, "user")
    path.write_text(path.read_text("utf-8").replace("svc-logicapp@", "svc-logicap1@"), "utf-8")
    _, text = said(ask, command, path, tmp_path)
    assert f"Did you mean '{INTEGRATION_USER}'?" in text
    assert f"mean '{stranger}'" not in text


def test_verify_does_not_have_the_integrations_own_tokens_revoked_for_a_slip(
    ask: Run, tmp_path: Path
) -> None:
    """The integration's user holds its tokens, and by another name would be a stranger who holds them."""
    _, text = said(ask, "verify", misspelt(tmp_path, "user"), tmp_path)
    assert "sfharden revoke" not in text
    assert "Mend the integration file, then verify again." in text
