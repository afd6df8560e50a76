"""Only GET leaves for Azure, to one host; pages are followed there; every odd answer is an error of ours."""

from typing import Any

import pytest
import requests
import responses

from sfharden.azure.arm import MOST_BYTES, MOST_PAGES, Arm, reads_resources
from sfharden.azure.refusals import ArmRefusalError
from sfharden.errors import AnswerError, AuthError, LimitError, NoVerdictError, OrgError, UnreachableError
from sfharden.ports import CallMade
from sfharden.web.guard import Outgoing
from sfharden.web.large_answers import MEBIBYTE
from sfharden.web.transport import Bounds
from tests.salesforce.kit import FakeTime, loopback_org, reply

from .kit import HOME, TOKEN, make_arm

GROUP = "/subscriptions/s/resourceGroups/crm (eu)"
WORKFLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/wf"
LISTED = f"{HOME}/subscriptions/s/providers/Microsoft.Logic/workflows"
LIST = "/subscriptions/s/providers/Microsoft.Logic/workflows"
VERSION = "2019-05-01"


def pages(arm: Arm | None = None) -> Any:
    return (arm or make_arm()).pages(LIST, VERSION, "Reading workflows")


def get(arm: Arm | None = None, path: str = LIST) -> Any:
    return (arm or make_arm()).get(path, VERSION, "Reading a workflow")


@responses.activate
def test_a_resource_is_asked_with_its_version_and_the_token() -> None:
    responses.get(f"{HOME}{WORKFLOW.replace(' ', '%20')}", json={"id": WORKFLOW, "properties": {}})
    assert make_arm().get(WORKFLOW, VERSION, "x", {"$filter": "atScope()"}) == {
        "id": WORKFLOW,
        "properties": {},
    }
    request = responses.calls[0].request
    assert request.url == f"{HOME}{WORKFLOW.replace(' ', '%20')}?$filter=atScope%28%29&api-version={VERSION}"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.method == "GET"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_no_other_method_is_let_out(method: str) -> None:
    assert not reads_resources(Outgoing(method, WORKFLOW, "", "", b""))


@pytest.mark.parametrize(
    "path",
    [
        "/", "", "/x", "/subscriptions/s/providers/Microsoft.Web/sites/s/hostruntime/admin/vfs",
        "/subscriptions/s/providers/Microsoft.Web/connections/c/dynamicInvoke", "/services/oauth2/token",
    ],
)  # fmt: skip
def test_nothing_but_resources_is_let_out(path: str) -> None:
    assert not reads_resources(Outgoing("GET", path, "", "", b""))
    assert not reads_resources(Outgoing("GET", WORKFLOW, "", "", b"{}"))


@pytest.mark.parametrize(
    "path",
    [
        "", "wf", "/subscriptions/s/../../x", "/subscriptions//s", "/subscriptions/s?x=1", "/subscriptions/s#x",
        "/subscriptions/%2e%2e", "/subscriptions/a;b", "/subscriptions/a\\b", "/subscriptions/a\nb", "https://evil.example/",
        "//evil.example/x", "/subscriptions/s/", "/subscriptions/./s",
    ],
)  # fmt: skip
@responses.activate
def test_an_id_out_of_an_answer_that_is_none_is_not_asked(path: str) -> None:
    with pytest.raises(AnswerError, match="no id"):
        get(path=path)
    assert len(responses.calls) == 0


@pytest.mark.parametrize("answer", [{}, {"value": None}, {"value": []}, {"properties": None}, {"id": None}])
@responses.activate
def test_an_answer_that_says_nothing_is_no_resource(answer: dict[str, Any]) -> None:
    responses.get(LISTED, json=answer)
    with pytest.raises(AnswerError, match="no resource"):
        get()


@responses.activate
def test_pages_are_joined() -> None:
    responses.get(
        LISTED, json={"value": [{"id": "/1"}], "nextLink": f"{LISTED}?api-version={VERSION}&$skiptoken=2"}
    )
    responses.get(LISTED, json={"value": [], "nextLink": f"{LISTED}?api-version={VERSION}&%24skiptoken=3"})
    responses.get(LISTED, json={"value": [{"id": "/2"}], "nextLink": None})
    found = pages()
    assert [row["id"] for row in found.rows] == ["/1", "/2"]
    assert found.stopped is None


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/subscriptions/s/providers/Microsoft.Logic/workflows?$skiptoken=2",
        "http://management.azure.com/subscriptions/s?x", "https://management.azure.com:8443/subscriptions/s?x",
        "https://management.azure.com@evil.example/subscriptions/s", "//evil.example/subscriptions/s",
        f"{LIST}?$skiptoken=2", "http://[next", 7, {}, True, f"{HOME}/oauth/token?x", f"{HOME}/subscriptions/a/../b?x",
        f"{HOME}/subscriptions/a?access_token=x", f"{HOME}/subscriptions/s%2f..?x", f"{LISTED}?api-version={VERSION}",
        "https://management.azure.com\\@evil.example/subscriptions/s",
    ],
)  # fmt: skip
@responses.activate
def test_a_link_elsewhere_is_not_followed_and_the_list_is_not_whole(link: Any) -> None:
    responses.get(LISTED, json={"value": [{"id": "/1"}], "nextLink": link})
    found = pages()
    assert [row["id"] for row in found.rows] == ["/1"]
    assert isinstance(found.stopped, AnswerError)
    assert len(responses.calls) == 1


@responses.activate
def test_a_list_without_end_ends() -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        link = f"{LISTED}?n={len(responses.calls)}"
        return 200, {}, f'{{"value": [], "nextLink": "{link}"}}'

    responses.add_callback("GET", LISTED, answer, content_type="application/json")
    found = pages()
    assert found.stopped is not None
    assert len(responses.calls) == MOST_PAGES


@responses.activate
def test_a_list_ends_where_it_would_take_too_much_memory() -> None:
    for number in range(8):
        link = f"{LISTED}?n={number}"
        responses.get(LISTED, json={"value": [{"id": "x" * 7 * MEBIBYTE}], "nextLink": link})
    found = pages()
    assert isinstance(found.stopped, AnswerError)
    assert len(found.rows) == len(responses.calls) == MOST_BYTES // (7 * MEBIBYTE) + 1


@responses.activate
def test_rows_before_a_failure_count_but_are_not_all() -> None:
    responses.get(LISTED, json={"value": [{"id": "/1"}], "nextLink": f"{LISTED}?$skiptoken=2"})
    responses.get(LISTED, status=403, json={"error": {"code": "AuthorizationFailed", "message": ""}})
    found = pages()
    assert [row["id"] for row in found.rows] == ["/1"]
    assert isinstance(found.stopped, ArmRefusalError)


@responses.activate
def test_a_token_that_ends_between_pages_ends_all() -> None:
    responses.get(LISTED, json={"value": [{"id": "/1"}], "nextLink": f"{LISTED}?$skiptoken=2"})
    responses.get(LISTED, status=401, json={"error": {"code": "ExpiredAuthenticationToken", "message": ""}})
    with pytest.raises(AuthError, match="ExpiredAuthenticationToken"):
        pages()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "7",
        '{"error": {"code": "TooManyRequests", "message": "x"}}',
        '{"Code": "A1", "Message": "x"}',
        "{",
    ],
)
@responses.activate
def test_a_resource_of_another_shape_is_none(body: str) -> None:
    responses.get(LISTED, body=body, content_type="application/json")
    with pytest.raises(AnswerError):
        get()


@pytest.mark.parametrize(
    "body",
    ['{"value": null}', '{"value": {}}', "{}", '{"value": [1]}', '{"value": [null]}', '{"values": []}'],
)
@responses.activate
def test_a_list_of_another_shape_is_not_empty(body: str) -> None:
    responses.get(LISTED, body=body, content_type="application/json")
    with pytest.raises(AnswerError, match="shape"):
        pages()


@responses.activate
def test_a_proxy_s_page_is_called_one() -> None:
    responses.get(LISTED, body="<html>Please sign in", content_type="text/html; charset=UTF-8")
    with pytest.raises(AnswerError, match="Azure answered with a web page"):
        get()


@pytest.mark.parametrize("where", ["https://evil.example/x", f"{LISTED}/other"])
@responses.activate
def test_no_redirect_is_followed(where: str) -> None:
    responses.get(LISTED, status=302, headers={"Location": where})
    with pytest.raises(AnswerError, match="not followed"):
        get()
    assert len(responses.calls) == 1


@responses.activate
def test_azure_is_left_alone_for_as_long_as_it_asks() -> None:
    for _ in range(3):
        responses.get(LISTED, status=429, headers={"Retry-After": "17"})
    responses.get(LISTED, json={"value": []})
    time = FakeTime()
    assert pages(make_arm(time=time)).rows == ()
    assert time.sleeps == [17.0, 17.0, 17.0]


@responses.activate
def test_throttling_without_end_is_told_as_a_limit() -> None:
    responses.get(LISTED, status=429)
    with pytest.raises(LimitError, match="HTTP 429"):
        get()
    assert len(responses.calls) == 6


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@responses.activate
def test_trouble_is_tried_again(status: int) -> None:
    responses.get(LISTED, status=status, body="<html>")
    with pytest.raises(UnreachableError, match=f"HTTP {status}"):
        get()
    assert len(responses.calls) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409])
@responses.activate
def test_a_no_is_not_asked_for_again(status: int) -> None:
    responses.get(LISTED, status=status, json={"error": {"code": "X1", "message": ""}})
    with pytest.raises(OrgError):
        get()
    assert len(responses.calls) == 1


def test_an_answer_over_the_bound_is_refused() -> None:
    with loopback_org(reply(200, b'{"a": "' + b"x" * 5000 + b'"}')) as server:
        arm = make_arm(server.url, bounds=Bounds(json_bytes=4096))
        with pytest.raises(AnswerError, match="Azure's answer is larger"):
            get(arm)
        arm.close()


@responses.activate
def test_each_call_is_logged_without_its_query_and_counted() -> None:
    responses.get(LISTED, status=503)
    responses.get(LISTED, json={"value": []})
    made: list[CallMade] = []
    arm = make_arm(log=made.append)
    arm.pages(LIST, VERSION, "Reading workflows", {"$filter": "resourceUri eq 'x'"})
    assert [(one.method, one.path, one.status, one.attempt) for one in made] == [
        ("GET", LIST, 503, 1),
        ("GET", LIST, 200, 2),
    ]
    assert arm.calls().total == 2
    assert TOKEN not in repr(made)


def test_a_token_never_leaves_for_another_host() -> None:
    """Whatever is built above it, the guard at the bottom lets nothing else out."""
    arm = make_arm()
    with pytest.raises(NoVerdictError):
        arm._wire._session.get("https://evil.example/subscriptions")
    with pytest.raises(NoVerdictError):
        arm._wire._session.post(f"{HOME}{WORKFLOW}/triggers/t/listCallbackUrl")
