"""Pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.azure.listing import lowered, page
from sfharden.emulator.azure.refusals import ArmRefusalError
from sfharden.emulator.wire import Request

BASE = "http://127.0.0.1:1"


@given(st.integers(0, 30), st.integers(1, 9), st.integers(1, 9))
def test_following_the_links_finds_every_row_once(count: int, size: int, top: int) -> None:
    rows = [{"n": number} for number in range(count)]
    target: str | None = f"/subscriptions/s?api-version=v&%24top={top}"
    found = []
    while target:
        answer = page(Request("GET", target, {}, base_url=BASE), rows, size)
        assert len(answer["value"]) <= min(size, top)
        found += answer["value"]
        target = answer["nextLink"].removeprefix(BASE) if "nextLink" in answer else None
    assert found == rows


def test_the_next_page_is_asked_with_the_same_version() -> None:
    answer = page(Request("GET", "/x?api-version=v", {}, base_url=BASE), [{}, {}], 1)
    assert answer["nextLink"] == f"{BASE}/x?api-version=v&%24skiptoken=1"


@pytest.mark.parametrize("query", ["%24top=0", "%24top=many", "%24skiptoken=-1"])
def test_bad_numbers_are_refused(query: str) -> None:
    with pytest.raises(ArmRefusalError, match="paging"):
        page(Request("GET", f"/x?{query}", {}), [], 1)


def test_only_ids_come_in_lower_case() -> None:
    given = {"id": "/subscriptions/S/x", "name": "S", "rows": [{"to": "/subscriptions/T"}, 1, None]}
    assert lowered(given) == {
        "id": "/subscriptions/s/x",
        "name": "S",
        "rows": [{"to": "/subscriptions/t"}, 1, None],
    }
