"""A request as the routes see it: decoded once, the first of a name, and a token only where it belongs."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.wire import Request, json_reply, oauth_refusal, refusal_reply, zulu


def request(target: str = "/", body: bytes = b"", **headers: str) -> Request:
    return Request("GET", target, headers, body)


@pytest.mark.parametrize(
    ("target", "segments"),
    [
        ("/services/data/?q=1", ["services", "data"]),
        ("/a%2Fb/c", ["a/b", "c"]),
        ("/%252e", ["%2e"]),
        ("/", [""]),
    ],
)
def test_a_path_is_decoded_once_part_by_part(target: str, segments: list[str]) -> None:
    assert request(target).segments == segments


def test_of_two_parameters_of_one_name_the_first_counts() -> None:
    assert request("/x?a=1&a=2&b=").query == {"a": "1", "b": ""}
    assert request(body=b"token=1&token=2").form == {"token": "1"}
    assert request(body=b"a=\xff").form == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("OAuth abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_a_token_is_what_bearer_or_oauth_brings(header: str, token: str) -> None:
    assert request(authorization=header).bearer == token


def test_no_repr_shows_headers_or_bodies() -> None:
    assert "HUSH" not in repr(request(body=b"HUSH", authorization="Bearer HUSH"))
    assert "HUSH" not in repr(json_reply({"token": "HUSH"}))


def test_each_interface_refuses_in_its_own_shape() -> None:
    rest = refusal_reply(RefusalError("NOT_FOUND", "gone"))
    assert (rest.status, json.loads(rest.body)) == (404, [{"message": "gone", "errorCode": "NOT_FOUND"}])
    oauth = oauth_refusal("invalid_grant", "no")
    assert (oauth.status, json.loads(oauth.body)["error"]) == (400, "invalid_grant")


def test_answers_are_ascii() -> None:
    assert json_reply({"name": "営業"}).body.isascii()


def test_moments_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 11, 24, 13, tzinfo=timezone(timedelta(hours=1)))
    assert zulu(moment) == zulu(moment.astimezone(UTC)) == "2026-11-24T12:00:00.000Z"
    assert zulu(None) is None
