"""Queries give every row or an error, never fewer rows in silence."""

import io
import itertools
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError
from sfharden.web.transport import Bounds

from .kit import DATA, ORG, QUERY, TOKEN, make_client, make_wire


def page(rows: list[Any], total: int, next_path: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"totalSize": total, "done": not next_path, "records": rows}
    return {**told, "nextRecordsUrl": next_path} if next_path else told


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"attributes": {"type": "Profile", "url": "/x"}, "Id": number} for number in numbers]


def next_path(number: int) -> str:
    return f"/services/data/v66.0/query/01gxx0000000001-{number}"


@responses.activate
def test_pages_are_followed_to_the_end() -> None:
    responses.get(QUERY, json=page(rows(1, 2), 5, next_path(2)))
    responses.get(f"{ORG}{next_path(2)}", json=page(rows(3, 4), 5, next_path(4)))
    responses.get(f"{ORG}{next_path(4)}", json=page(rows(5), 5))
    found = list(make_client().query("SELECT Id FROM Profile", batch_size=200))
    assert found == [{"Id": number} for number in range(1, 6)]
    first = responses.calls[0].request
    assert parse_qs(urlsplit(first.url or "").query) == {"q": ["SELECT Id FROM Profile"]}
    assert {call.request.headers["Sforce-Query-Options"] for call in responses.calls} == {"batchSize=200"}


@responses.activate
def test_pages_are_fetched_only_when_wanted() -> None:
    responses.get(QUERY, json=page(rows(1), 2, next_path(1)))
    found = make_client().query("SELECT Id FROM Profile")
    assert next(found) == {"Id": 1}
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("total", [1, 3, 100])
def test_rows_that_do_not_add_up_are_an_error(total: int) -> None:
    responses.get(QUERY, json=page(rows(1, 2), total))
    with pytest.raises(AnswerError, match=f"incomplete, 2 rows came of {total}"):
        list(make_client().query("SELECT Id FROM Profile"))


@responses.activate
def test_a_failure_on_a_later_page_is_an_error() -> None:
    responses.get(QUERY, json=page(rows(1), 2, next_path(1)))
    responses.get(f"{ORG}{next_path(1)}", status=400, json=[{"errorCode": "INVALID_QUERY_LOCATOR"}])
    with pytest.raises(AnswerError):
        list(make_client().query("SELECT Id FROM Profile"))


@responses.activate
def test_pages_in_a_circle_are_an_error() -> None:
    responses.get(QUERY, json=page(rows(1), 9, next_path(1)))
    responses.get(f"{ORG}{next_path(1)}", json=page(rows(1), 9, next_path(1)))
    with pytest.raises(AnswerError, match="circle"):
        list(make_client().query("SELECT Id FROM Profile"))
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize(
    "told",
    [
        {"totalSize": 1, "done": False, "records": []},
        {"totalSize": 1, "done": False, "records": [], "nextRecordsUrl": None},
        {"totalSize": 1, "records": [{}]},
        {"totalSize": 1, "done": "true", "records": [{}]},
        {"totalSize": True, "done": True, "records": [{}]},
        {"totalSize": "1", "done": True, "records": [{}]},
        {"totalSize": -1, "done": True, "records": []},
        {"done": True, "records": []},
        {"totalSize": 0, "done": True},
        {"totalSize": 1, "done": True, "records": [None]},
        {"totalSize": 1, "done": True, "records": [{"Name": "x" * 131_073}]},
        {"totalSize": 1, "done": True, "records": {"a": {}}},
        [],
        None,
        [{"message": "x", "errorCode": "Y"}],
    ],
)
def test_a_page_of_another_shape_is_an_error(told: object) -> None:
    responses.get(QUERY, json=told)
    with pytest.raises(AnswerError):
        list(make_client().query("SELECT Id FROM Profile"))


@responses.activate
@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/services/data/v66.0/query/01g-1",
        "//evil.example/services/data/v66.0/query/01g-1",
        "@evil.example/services/data/v66.0/query/01g-1",
        "/services/data/v66.0/query/../sobjects/x",
        "/services/data/v66.0/query/x?q=SELECT",
        "/services/data/v66.0/sobjects/Profile",
        "/services/apexrest/x",
        "/services/data/v66.0/query/a\nb",
    ],
)
def test_a_page_that_leads_elsewhere_is_an_error(path: str) -> None:
    responses.get(QUERY, json=page(rows(1), 2, path))
    with pytest.raises(AnswerError, match="another address"):
        list(make_client().query("SELECT Id FROM Profile"))
    assert len(responses.calls) == 1


@responses.activate
def test_related_rows_lose_their_attributes_too() -> None:
    parent = {"attributes": {}, "Profile": {"attributes": {}, "Name": "営業"}, "Type": None}
    child = {"totalSize": 1, "done": True, "records": [{"attributes": {}, "Id": 1}]}
    responses.get(QUERY, json=page([{"Parent": parent, "Children": child}], 1))
    assert list(make_client().query("SELECT 1")) == [
        {"Parent": {"Profile": {"Name": "営業"}, "Type": None}, "Children": [{"Id": 1}]}
    ]


@responses.activate
def test_a_cut_list_inside_a_row_is_an_error() -> None:
    child = {"totalSize": 300, "done": False, "records": [{"Id": 1}], "nextRecordsUrl": next_path(1)}
    responses.get(QUERY, json=page([{"Children": child}], 1))
    with pytest.raises(AnswerError, match="incomplete"):
        list(make_client().query("SELECT 1"))


@responses.activate
def test_tooling_has_its_own_door() -> None:
    responses.get(f"{DATA}/tooling/query/", json=page(rows(1), 1))
    assert list(make_client().query("SELECT Score FROM SecurityHealthCheck", tooling=True)) == [{"Id": 1}]


@responses.activate
def test_a_caller_may_deal_with_ceilings_itself() -> None:
    responses.get(QUERY, json=page(rows(1), 2500))
    found = make_client().query_page("SELECT AppName FROM OauthToken")
    assert (found.rows, found.total_size, found.done, found.next_path) == ([{"Id": 1}], 2500, True, "")


@responses.activate
def test_counts() -> None:
    responses.get(QUERY, json=page([], 6000))
    assert make_client().count("SELECT COUNT() FROM OauthToken") == 6000


@responses.activate
def test_a_count_with_rows_is_no_count() -> None:
    responses.get(QUERY, json=page([{"expr0": 7}], 1))
    with pytest.raises(AnswerError):
        make_client().count("SELECT COUNT(Id) FROM OauthToken")


def test_a_question_too_long_to_send_is_not_sent() -> None:
    with pytest.raises(AnswerError, match="too long"):
        list(make_client().query("SELECT Id FROM User WHERE Name = '" + "営" * 2000 + "'"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_query_arrives_as_it_was_written(soql: str) -> None:
    with responses.RequestsMock() as org:
        org.get(QUERY, json=page([], 0))
        make_client().query_page(f"SELECT {soql}")
        address = org.calls[0].request.url or ""
    assert parse_qs(urlsplit(address).query, keep_blank_values=True) == {"q": [f"SELECT {soql}"]}
    assert "#" not in address


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, [{"message": TOKEN, "errorCode": "INVALID_SESSION_ID"}], AuthError),
        (403, [{"message": TOKEN, "errorCode": "REQUEST_LIMIT_EXCEEDED"}], LimitError),
        (403, [{"message": TOKEN, "errorCode": "INSUFFICIENT_ACCESS"}], DeniedError),
        (
            400,
            [{"message": f"\nSELECT {TOKEN}\n  ^", "errorCode": "INVALID_FIELD", "fields": []}],
            DeniedError,
        ),
        (404, {"error": TOKEN}, DeniedError),
        (410, [], DeniedError),
    ],
)
def test_refusals_are_told_apart_without_their_text(status: int, body: object, kind: type[Exception]) -> None:
    responses.get(QUERY, status=status, json=body)
    with pytest.raises(kind) as caught:
        make_client().count("SELECT COUNT() FROM OauthToken")
    error = caught.value
    assert TOKEN not in f"{error!r}{error}{vars(error)}{error.__cause__}"


@responses.activate
def test_describes_an_object() -> None:
    responses.get(
        f"{DATA}/sobjects/PermissionSet/describe", json={"name": "PermissionSet", "fields": [{"name": "Id"}]}
    )
    assert make_client().describe("PermissionSet")["fields"] == [{"name": "Id"}]


@responses.activate
def test_a_description_without_fields_is_an_error() -> None:
    responses.get(f"{DATA}/sobjects/PermissionSet/describe", json={"name": "PermissionSet"})
    with pytest.raises(AnswerError):
        make_client().describe("PermissionSet")


def test_only_an_object_is_described() -> None:
    with pytest.raises(AnswerError):
        make_client().describe("../limits")


@responses.activate
def test_connect_paths_may_be_whole_or_not() -> None:
    responses.get(f"{DATA}/apps/oauth/usage", json={"apps": []})
    client = make_client()
    assert client.get("apps/oauth/usage", {"page": "0"}) == {"apps": []}
    assert client.get("/services/data/v66.0/apps/oauth/usage?page=1") == {"apps": []}
    assert [call.request.url for call in responses.calls] == [
        f"{DATA}/apps/oauth/usage?page=0",
        f"{DATA}/apps/oauth/usage?page=1",
    ]


@responses.activate
def test_limits() -> None:
    responses.get(f"{DATA}/limits", json={"DailyApiRequests": {"Max": 15000, "Remaining": 14000}})
    assert make_client().limits()["DailyApiRequests"]["Max"] == 15000


@responses.activate
@pytest.mark.parametrize("rows", [0, 1, 19])
def test_pages_with_next_to_nothing_on_them_come_to_an_end(rows: int) -> None:
    numbers = itertools.count()

    def page(_: object) -> tuple[int, dict[str, str], str]:
        following = f"/services/data/v66.0/query/01g-{next(numbers)}"
        told = {"totalSize": 10**9, "done": False, "records": [{}] * rows, "nextRecordsUrl": following}
        return 200, {}, json.dumps(told)

    responses.add_callback(responses.GET, re.compile(f"{DATA}/query/.*"), page)
    with pytest.raises(AnswerError, match="too many for their rows"):
        list(make_client().query("SELECT Id FROM User"))
    assert len(responses.calls) == 101


@responses.activate
def test_more_rows_than_the_org_said_end_a_query() -> None:
    more = "/services/data/v66.0/query/01g-1"
    told = {"totalSize": 1, "done": False, "records": [{}, {}], "nextRecordsUrl": more}
    responses.get(QUERY, json=told)
    with pytest.raises(AnswerError, match="2 rows came of 1"):
        list(make_client().query("SELECT Id FROM User"))
    assert len(responses.calls) == 1


LOG = f"{DATA}/sobjects/EventLogFile/0AT000000000001AAA/LogFile"


@responses.activate
def test_an_event_log_goes_into_a_file_and_not_into_memory() -> None:
    body = b"EVENT_TYPE,CLIENT_IP\n" + b"x" * 3_000_000
    responses.get(LOG, body=body, content_type="text/csv")
    sink = io.BytesIO(b"what an attempt before left behind" * 200_000)
    client = make_client(make_wire(bounds=Bounds(json_bytes=1000)))
    client.log_file("0AT000000000001AAA", sink)
    assert sink.getvalue() == body


@responses.activate
def test_an_event_log_is_bounded_too() -> None:
    responses.get(LOG, body=b"x" * 3_000_000, content_type="text/csv")
    with pytest.raises(AnswerError, match="larger than"):
        make_client(make_wire(bounds=Bounds(log_bytes=1_000_000))).log_file(
            "0AT000000000001AAA", io.BytesIO()
        )


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "kind", "content_type"),
    [
        (404, '[{"errorCode": "NOT_FOUND"}]', DeniedError, "application/json"),
        (401, '[{"errorCode": "INVALID_SESSION_ID"}]', AuthError, "application/json"),
        (200, "<html>", AnswerError, "text/html"),
    ],
)
def test_what_is_no_event_log_is_an_error(
    status: int, body: str, kind: type[Exception], content_type: str
) -> None:
    responses.get(LOG, status=status, body=body, content_type=content_type)
    with pytest.raises(kind):
        make_client().log_file("0AT000000000001AAA", io.BytesIO())


def test_an_id_that_could_be_a_path_is_never_asked_for() -> None:
    with pytest.raises(AnswerError):
        make_client().log_file("../../limits", io.BytesIO())
