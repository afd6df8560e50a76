"""The embedded org of `--demo`: up while the block lasts, and read by its auditor alone."""

import pytest
import requests

from sfharden.demo.tour_org import serve_demo_org, serve_tour
from tests.orgs.constants import NOW
from tests.orgs.served import EVERYTHING, read


def status(url: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{url}/services/data/v66.0/limits", headers=headers, timeout=30).status_code


def test_its_auditor_reads_it_whole() -> None:
    with serve_tour(NOW) as server:
        snapshot = read(server, "auditor", EVERYTHING).snapshot
    assert snapshot.gaps == ()
    assert snapshot.org is not None
    assert snapshot.org.tokens


def test_it_is_up_on_loopback_for_its_token_only_and_gone_with_the_block() -> None:
    with serve_demo_org(NOW) as (url, token):
        assert url.startswith("http://127.0.0.1:")
        assert status(url, token.reveal()) == 200
        assert status(url, "somebody") == 401
    with pytest.raises(requests.exceptions.ConnectionError):
        status(url, token.reveal())
