"""The SOURCE options: exactly one source, and how it is typed again."""

import shlex
from pathlib import Path

import pytest

from sfharden.commands.source import (
    SourceOptions,
    refuse_bad_address,
    require_live,
    require_one,
    sign_in_words,
    source_words,
)
from sfharden.doors.live_options import LiveOptions
from sfharden.errors import UsageError
from tests.orgs.files import HEALTHY, PROFILE, write

from .kit import Run

URL = "https://acme.my.salesforce.com"


def given(
    source: str | None = None, snapshot: str | None = None, live: LiveOptions | None = None
) -> SourceOptions:
    """The options as they come from the command line."""
    found = live or LiveOptions()
    return SourceOptions(
        Path(source) if source else None, Path(snapshot) if snapshot else None, found.demo, found
    )


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


def test_the_source_may_be_one_file(run: Run, org: Path) -> None:
    code, out, _ = run("check", "--source", org / PROFILE, "--full")
    assert code == 4
    assert "login-ranges-everywhere" in out


def test_a_folder_without_metadata_says_so_and_passes_nothing(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("check", "--source", tmp_path)
    assert code == 4
    assert "No Salesforce metadata was found" in out
    assert "PASSED" not in out


ONE = [
    given("src"),
    given(None, "s.json"),
    given(live=LiveOptions(org="acme")),
    given(live=LiveOptions(instance_url=URL)),
    given(live=LiveOptions(demo=True)),
    given(live=LiveOptions(instance_url=URL, client_id="key", jwt_key_file=Path("k.pem"), username="me")),
    given(live=LiveOptions(org="acme", api_budget=9, timeout=3)),
]


@pytest.mark.parametrize("one", ONE, ids=source_words)
def test_exactly_one_source_is_right(one: SourceOptions) -> None:
    require_one(one)
    if one.live.is_given:
        require_live(one)
    else:
        with pytest.raises(UsageError, match="needs a running org"):
            require_live(one)


@pytest.mark.parametrize(
    ("several", "said"),
    [
        (given(), "Give a source"),
        (given("src", "s.json"), "exactly one"),
        (given("src", live=LiveOptions(demo=True)), "exactly one"),
        (given(live=LiveOptions(org="acme", instance_url=URL)), "exactly one"),
        (given(live=LiveOptions(org="acme", client_id="key")), "go with --instance-url"),
        (given(live=LiveOptions(instance_url=URL, username="me")), "goes with --jwt-key-file"),
        (given("src", live=LiveOptions(timeout=3)), "for a running org"),
        (given("src", live=LiveOptions(api_budget=3)), "for a running org"),
    ],
)
def test_none_or_several_or_what_does_not_go_with_it_is_refused(several: SourceOptions, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        require_one(several)


def test_a_source_is_typed_again_so_that_a_shell_reads_the_same() -> None:
    evil = "my org; rm -rf '$HOME'"
    assert shlex.split(source_words(given(evil))) == ["--source", evil]
    live = LiveOptions(instance_url=URL, client_id="3MVG9", jwt_key_file=Path("a key.pem"), username="m@e")
    assert shlex.split(source_words(given(live=live))) == [
        "--instance-url", URL, "--client-id", "3MVG9", "--jwt-key-file", "a key.pem", "--username", "m@e",
    ]  # fmt: skip
    assert source_words(given(live=LiveOptions(demo=True))) == "--demo"


def test_a_source_s_name_can_not_speak_to_the_terminal() -> None:
    assert not set("\x1b\u202e\n") & set(source_words(given("src\x1b[2J\u202e\nx")))


@pytest.mark.parametrize("text", [None, "", "192.0.2.1", "192.0.2.0/24", "2001:db8::1"])
def test_an_address_or_none_is_right(text: str | None) -> None:
    refuse_bad_address(text)


@pytest.mark.parametrize("text", ["here", "192.0.2", "192.0.2.256", "192.0.2.9-192.0.2.1", "1.2.3.4; x"])
def test_what_is_no_address_is_refused_by_the_option_s_name(text: str) -> None:
    with pytest.raises(UsageError, match="--my-address: "):
        refuse_bad_address(text)


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (LiveOptions(), ""),
        (LiveOptions(org="prod"), ""),
        (
            LiveOptions(instance_url=URL),
            f"access-token --instance-url {URL} --alias MINE --no-prompt",
        ),
        (LiveOptions(instance_url=URL, client_id="3MVG"), f"web --instance-url {URL} --alias MINE"),
        (
            LiveOptions(
                instance_url=URL,
                client_id="3MVG",
                jwt_key_file=Path("my key.pem"),
                username="me@acme.example",
            ),
            f"jwt --instance-url {URL} --client-id 3MVG --jwt-key-file 'my key.pem' --username me@acme.example "
            "--alias MINE",
        ),
    ],
)
def test_the_salesforce_cli_signs_in_as_we_did(live: LiveOptions, words: str) -> None:
    assert sign_in_words(live, "MINE") == (f"sf org login {words}" if words else "")
