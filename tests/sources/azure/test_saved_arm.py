"""A folder of answers is read as a running Azure is: what comes of both is the same, letter by letter."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.arm import Pages
from sfharden.azure.refusals import ArmRefusalError
from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import untidy_tenant
from sfharden.errors import AnswerError, OrgError, UnreachableError
from sfharden.model.azure import AzureEntry, AzureSnapshot, segment_after
from sfharden.sources.azure.asked import AskedFile, AskedIndex
from sfharden.sources.azure.exports import read_exports
from sfharden.sources.azure.files import FilesRead, JsonFile
from sfharden.sources.azure.saved_arm import SavedArm
from tests.sources.azure.kit import run_against
from tests.sources.azure.live_kit import BOTH, NOW, Reading, reading


def told(snapshot: AzureSnapshot) -> dict[str, Any]:
    """All that verdicts rest on."""
    return snapshot.model_dump(mode="json", include={"resources", "lists", "absent", "gaps", "warnings"})


def saved(found: Reading, folder: Path, *entries: AzureEntry) -> AzureSnapshot:
    """What the script gets from the same Azure, and what is read of that."""
    server = found.server
    environment = {"ARM": server.base_url, "TOKEN": server.token, "SUBSCRIPTION": found.subscription}
    done = run_against(folder, environment, *entries)
    assert done.returncode == 0, done.stderr
    return read_exports([folder / "answers"], entries)


@pytest.mark.parametrize(
    ("tenant", "entries"),
    [(healthy_tenant, BOTH), (untidy_tenant, ())],
    ids=["named by ids", "untidy, all that uses Salesforce"],
)
def test_the_folder_and_a_live_run_come_to_the_same(
    tenant: Callable[[datetime], Tenant], entries: tuple[AzureEntry, ...], tmp_path: Path
) -> None:
    with reading(tenant(NOW), subscription=segment_after(story.WORKFLOW, "subscriptions")) as found:
        live, read = found.read(entries), saved(found, tmp_path, *entries)
    assert told(read) == told(live)


# Single answers -------------------------------------------------------------------------------


def arm(*entries: AskedFile, **files: Any) -> SavedArm:
    """Saved answers: contents by name, texts as standard error."""
    read = FilesRead()
    for name, content in files.items():
        if isinstance(content, str):
            read.texts[name] = content
        else:
            read.json.append(JsonFile(name, content))
    return SavedArm([AskedIndex("asked.json", entries, None, "", "")], read)


def asked(file: str, status: int = 0, query: str = "", path: str = "/subscriptions/s/x") -> AskedFile:
    return AskedFile(path, query, file, f"{file}_err", status)


def failure(stderr: str) -> OrgError:
    with pytest.raises(OrgError) as refused:
        arm(asked("a", 1), a_err=stderr).get("/subscriptions/s/x", "1", "it")
    return refused.value


@pytest.mark.parametrize(
    ("stderr", "status", "code", "is_absence"),
    [
        ('ERROR: Not Found({"error": {"code": "ManagementPolicyNotFound", "message": "x"}})', 404, "ManagementPolicyNotFound", True),
        ('Not Found({"error":{"code":"ResourceNotFound","message":"x"}})\r\n', 404, "ResourceNotFound", True),
        ('ERROR: Forbidden({"error": {"code": "AuthorizationFailed", "message": "x"}})', 403, "AuthorizationFailed", False),
        ('ERROR: Bad Request({"Code": "BadRequest", "Message": "x"})', 400, "BadRequest", False),
        ("ERROR: Not Found(<html>)", 404, "HTTP_404", False),
        ("ERROR: Forbidden()", 403, "HTTP_403", False),
    ],
)  # fmt: skip
def test_a_refusal_is_the_one_of_a_running_azure(
    stderr: str, status: int, code: str, is_absence: bool
) -> None:
    error = failure(stderr)
    assert isinstance(error, ArmRefusalError)
    assert (error.status, error.code, error.is_absence) == (status, code, is_absence)


@pytest.mark.parametrize(
    "stderr", ["", "ERROR: Please run 'az login' to setup account.", "ERROR: <urlopen error>", "\0"]
)
def test_no_answer_of_azure_s_is_no_refusal(stderr: str) -> None:
    assert isinstance(failure(stderr), UnreachableError)
    assert "the command ended with 1" in failure(stderr).message


def test_what_the_command_itself_wrote_is_told_where_it_can_hold_no_answer() -> None:
    assert "(ask.sh: 48: az: not found)" in failure("ask.sh: 48: az: not found\n").message
    for stderr in ("x {canary", "Bearer canary", "<b>canary", "https://x/?sig=canary", "\x1b[2J"):
        message = failure(stderr).message
        assert "canary" not in message
        assert "\x1b" not in message


def test_a_folder_without_any_answer_says_why() -> None:
    none = arm(asked("a", 127), a_err="ask.sh: 48: az: not found")
    with pytest.raises(AnswerError, match=r"no answer at all.*az: not found"):
        none.pages("/subscriptions", "1", "the subscriptions")


def test_a_sign_in_that_ended_on_the_way_leaves_the_answers_before_it() -> None:
    error = failure('ERROR: Unauthorized({"error": {"code": "ExpiredAuthenticationToken", "message": "x"}})')
    assert isinstance(error, AnswerError)
    assert "ExpiredAuthenticationToken" in error.message


def test_pages_are_one_list_and_a_page_that_is_not_there_is_said() -> None:
    first, second = {"value": [{"id": "1"}], "nextLink": "https://x"}, {"value": [{"id": "2"}]}
    whole = arm(asked("a"), asked("b"), a=first, b=second).pages("/SUBSCRIPTIONS/s/x/", "1", "it")
    assert whole == Pages(({"id": "1"}, {"id": "2"}))
    for part in (arm(asked("a"), a=first), arm(asked("a"), asked("b", 1), a=first)):
        cut = part.pages("/subscriptions/s/x", "1", "it")
        assert cut.rows == ({"id": "1"},)
        assert cut.stopped is not None


@pytest.mark.parametrize("link", [7, 0, False, [], {}])
def test_a_link_that_is_no_address_leaves_the_list_in_part(link: Any) -> None:
    found = arm(asked("a"), a={"value": [{"id": "1"}], "nextLink": link}).pages(
        "/subscriptions/s/x", "1", "it"
    )
    assert found.stopped is not None


@pytest.mark.parametrize("answer", [{}, {"value": None}, {"value": []}, {"properties": None}, {"id": None}])
def test_an_answer_that_says_nothing_is_no_resource(answer: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match="no resource"):
        arm(asked("a"), a=answer).get("/subscriptions/s/x", "1", "it")


def test_what_was_asked_twice_is_answered_once() -> None:
    first, second = asked("a"), asked("b", path="/SUBSCRIPTIONS/s/x")
    found = arm(first, second, a={"value": [{"id": "1"}]}, b={"value": [{"id": "2"}]})
    assert found.pages("/subscriptions/s/x", "1", "it") == Pages(({"id": "1"},))


@pytest.mark.parametrize(
    "content", [[], {"error": {"code": "x", "message": "y"}}, {"value": 7}, {"value": [7]}, 7]
)
def test_another_shape_is_no_answer(content: Any) -> None:
    with pytest.raises(AnswerError):
        arm(asked("a"), a=content).pages("/subscriptions/s/x", "1", "it")


def test_what_was_not_asked_or_is_gone_is_said() -> None:
    with pytest.raises(AnswerError, match="did not ask"):
        arm(asked("a"), a={}).get("/subscriptions/s/y", "1", "it")
    with pytest.raises(AnswerError):
        arm(asked("a")).get("/subscriptions/s/x", "1", "it")


def test_a_question_at_a_scope_or_of_one_resource_is_another() -> None:
    found = arm(
        asked("a", query="$filter=atScope()"),
        asked(
            "b", query="$filter=eventTimestamp ge '2026-01-01T00:00:00Z' and resourceUri eq '/S/W'&$select=x"
        ),
        a={"value": [{"id": "1"}]},
        b={"value": [{"id": "2"}]},
    )
    at_scope = found.pages("/subscriptions/s/x", "1", "it", {"$filter": "atScope()"})
    events = found.pages(
        "/subscriptions/s/x", "1", "it", {"$filter": "eventTimestamp ge '2025' and resourceUri eq '/s/w'"}
    )
    assert (at_scope.rows, events.rows) == (({"id": "1"},), ({"id": "2"},))
    with pytest.raises(AnswerError):
        found.pages("/subscriptions/s/x", "1", "it", {})


def test_an_error_never_holds_what_a_command_wrote() -> None:
    error = failure(f"ERROR: Forbidden({json.dumps({'error': {'code': 'X1', 'message': 'canary'}})})")
    assert "canary" not in f"{error.message} {error.hint}"
