"""The Salesforce CLI's login, old versions and new, and all the ways in which there is none."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from sfharden.errors import AuthError, UsageError
from sfharden.files.cli_program import Finished
from sfharden.files.programs import PassedOverError
from sfharden.salesforce.cli_login import sign_in_with_cli

from .kit import ORG, TOKEN

MASKED = "[REDACTED] Use 'sf org auth show-access-token' to view"
UNKNOWN = Finished(127, "Warning: org auth show-access-token is not a sf command.")


def told(**result: Any) -> Finished:
    return Finished(0, json.dumps({"status": 0, "result": result, "warnings": []}))


def failed(name: str) -> Finished:
    return Finished(1, json.dumps({"status": 1, "name": name, "message": f"no {TOKEN}"}))


class FakeCli:
    """Answers by the command's third word, and remembers what was run."""

    def __init__(self, shown: Finished, display: Finished) -> None:
        self._answers = {"auth": shown, "display": display}
        self.runs: list[list[str]] = []

    def __call__(self, arguments: Sequence[str], seconds: float) -> Finished:
        assert seconds > 0
        self.runs.append(list(arguments))
        return self._answers[arguments[2]]


NEW = told(
    id="00Dx", accessToken=MASKED, instanceUrl=ORG, username="a@acme.example", connectedStatus="Connected"
)


def test_a_current_cli() -> None:
    cli = FakeCli(told(accessToken=TOKEN), NEW)
    session = sign_in_with_cli("acme", cli)
    assert (session.instance_url, session.username, session.how) == (ORG, "a@acme.example", "Salesforce CLI")
    assert session.token.reveal() == TOKEN
    assert cli.runs == [
        ["sf", "org", "auth", "show-access-token", "-o", "acme", "--json"],
        ["sf", "org", "display", "-o", "acme", "--json"],
    ]


@pytest.mark.parametrize(
    "unknown", [UNKNOWN, failed("CommandNotFoundError"), Finished(0, "help text"), Finished(2, "")]
)
def test_an_old_cli_tells_the_token_with_the_org(unknown: Finished) -> None:
    cli = FakeCli(unknown, told(accessToken=TOKEN, instanceUrl=f"{ORG}/", username="a@acme.example"))
    assert sign_in_with_cli("acme", cli).token.reveal() == TOKEN


@pytest.mark.parametrize(
    "shown",
    [
        UNKNOWN,
        told(accessToken=MASKED),
        told(accessToken="[REDACTED]"),
        told(),
        told(accessToken=7),
        told(accessToken=""),
    ],
)
def test_a_masked_token_is_refused_with_a_hint(shown: Finished) -> None:
    with pytest.raises(AuthError, match="did not show") as caught:
        sign_in_with_cli("acme", FakeCli(shown, NEW))
    assert "show-access-token" in caught.value.hint


IP = "Error authenticating with the refresh token due to: ip restricted"


def says(name: str, message: str) -> Finished:
    return Finished(1, json.dumps({"status": 1, "name": name, "message": message, "exitCode": 1}))


@pytest.mark.parametrize(
    ("shown", "display"),
    [
        (says("RefreshTokenAuthError", IP), NEW),
        (says("RefreshTokenAuthError", IP), says("RefreshTokenAuthError", IP)),
        (UNKNOWN, says("RefreshTokenAuthError", IP)),
        # A CLI that shows tokens, and one that is stale.
        (says("RefreshTokenAuthError", IP), told(accessToken=TOKEN, instanceUrl=ORG)),
        (UNKNOWN, told(accessToken=TOKEN, instanceUrl=ORG, connectedStatus=f"Unable to refresh: {IP}")),
        (UNKNOWN, told(accessToken=MASKED, instanceUrl=ORG, connectedStatus=IP)),
    ],
)
def test_what_the_cli_says_is_shown_with_the_hint_that_fits(shown: Finished, display: Finished) -> None:
    """Whoever hardens by address will meet this one."""
    with pytest.raises(AuthError) as caught:
        sign_in_with_cli("acme", FakeCli(shown, display))
    assert "ip restricted" in caught.value.message
    assert "login ranges" in caught.value.hint
    assert "sf update" not in caught.value.hint


def test_a_named_error_is_shown_without_the_token_in_it() -> None:
    with pytest.raises(AuthError) as caught:
        sign_in_with_cli("acme", FakeCli(UNKNOWN, says("NamedOrgNotFound", f"no org {TOKEN} \x1b[31m")))
    assert "NamedOrgNotFound: no org ***" in caught.value.message
    assert TOKEN not in caught.value.message
    assert "\x1b" not in caught.value.message


def test_an_old_cli_that_does_not_know_the_command_says_nothing_of_the_org() -> None:
    shown = says("Error", "command org:auth:show-access-token not found")
    session = sign_in_with_cli("acme", FakeCli(shown, told(accessToken=TOKEN, instanceUrl=ORG)))
    assert session.token.reveal() == TOKEN


def test_a_refresh_that_failed_for_no_known_reason_leaves_it_to_the_org() -> None:
    shown = says("SomeError", "the moon is full")
    session = sign_in_with_cli("acme", FakeCli(shown, told(accessToken=TOKEN, instanceUrl=ORG)))
    assert session.token.reveal() == TOKEN


def test_warnings_and_colours_around_the_json_do_no_harm() -> None:
    noisy = Finished(
        0, f" ›   Warning: update available\n\x1b[97m{told(accessToken=TOKEN).output}\x1b[39m\nbye"
    )
    assert sign_in_with_cli("acme", FakeCli(noisy, NEW)).token.reveal() == TOKEN


@pytest.mark.parametrize(
    "display",
    [
        failed("NoAuthInfoFound"),
        Finished(1, ""),
        Finished(0, "{"),
        Finished(0, "[]"),
        Finished(0, '{"status": 1, "result": {}}'),
        Finished(0, '{"status": 0, "result": null}'),
        Finished(0, "{" * 100_000),
    ],
)
def test_an_unknown_org_is_an_auth_error(display: Finished) -> None:
    with pytest.raises(AuthError) as caught:
        sign_in_with_cli("acme", FakeCli(told(accessToken=TOKEN), display))
    assert TOKEN not in caught.value.message


@pytest.mark.parametrize(
    "url", ["", "http://acme.my.salesforce.com", "https://u:p@evil.example", None, "acme"]
)
def test_an_unusable_address_is_an_auth_error(url: object) -> None:
    with pytest.raises(AuthError, match="address"):
        sign_in_with_cli("acme", FakeCli(told(accessToken=TOKEN), told(instanceUrl=url)))


@pytest.mark.parametrize(
    "alias", ["", "-o", "--json", "-", "a b", "a;b", "a|b", "$(x)", "a\nb", "a\x00", "%PATH%"]
)
def test_what_can_be_no_alias_is_never_run(alias: str) -> None:
    cli = FakeCli(NEW, NEW)
    with pytest.raises(UsageError):
        sign_in_with_cli(alias, cli)
    assert cli.runs == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (FileNotFoundError("sf"), "not installed"),
        (PassedOverError("sf"), "was not run"),
        (TimeoutError(), "in time"),
        (PermissionError("sf"), "can't be run"),
    ],
)
def test_a_cli_that_does_not_run_is_an_auth_error(fault: OSError, words: str) -> None:
    def run(arguments: Sequence[str], seconds: float) -> Finished:
        raise fault

    with pytest.raises(AuthError, match=words) as caught:
        sign_in_with_cli("acme", run)
    assert caught.value.hint


def test_no_repr_shows_an_output() -> None:
    assert TOKEN not in repr(told(accessToken=TOKEN))
