"""Nothing leaves to another host, by a path that can be read two ways, or past the rules."""

import pytest

from sfharden.errors import NoVerdictError, OrgError
from sfharden.web.guard import Outgoing, OutgoingGuard
from sfharden.web.origin import server_at

HOME = "https://a.example"


def gets(request: Outgoing) -> bool:
    return request.method == "GET"


@pytest.fixture(name="guard")
def _guard() -> OutgoingGuard:
    return OutgoingGuard(server_at(HOME, ""), (gets,), "Azure")


@pytest.mark.parametrize(
    "url", ["https://b.example/x", "http://a.example/x", f"{HOME}:8443/x", "https://a.example@b.example/x"]
)
def test_another_server_is_named_by_whose_it_is_not(guard: OutgoingGuard, url: str) -> None:
    with pytest.raises(NoVerdictError, match="than Azure's"):
        guard.check("GET", url, "", b"")


@pytest.mark.parametrize("path", ["/a//b", "/a/../b", "/a%2fb", "/a%2e%2e/b", "/a;b", "/a\\b", "/a?token=x"])
def test_what_two_servers_could_read_differently_stays_here(guard: OutgoingGuard, path: str) -> None:
    with pytest.raises(NoVerdictError, match="may not make") as caught:
        guard.check("GET", f"{HOME}{path}", "", b"")
    assert not isinstance(caught.value, OrgError)  # or it would be taken for a gap


def test_what_a_rule_knows_goes_out(guard: OutgoingGuard) -> None:
    guard.check("GET", f"{HOME}/a/b?$skiptoken=x", "", b"")
    with pytest.raises(NoVerdictError):
        guard.check("POST", f"{HOME}/a/b", "", b"")
