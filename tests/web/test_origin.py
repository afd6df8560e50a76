"""An origin is scheme, host and port, and nothing that could be read two ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import UsageError
from sfharden.web.origin import WebOrigin, origin_of, server_at


@pytest.mark.parametrize(
    "url", ["http://management.example", "https://a.example/x", "https://u@a.example", "a"]
)
def test_a_server_is_refused_where_a_token_could_stray(url: str) -> None:
    with pytest.raises(UsageError):
        server_at(url, "The address must look like https://a.example")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://a.example"]
)
def test_this_machine_may_be_asked_without_tls(url: str) -> None:
    assert str(server_at(url, "")) == url


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    origin = origin_of(text)
    assert origin is None or isinstance(origin, WebOrigin)


@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z][a-z0-9]{0,20}(\.[a-z]{2,5}){0,3}", fullmatch=True),
    st.integers(1, 65535),
)
def test_an_origin_survives_its_own_text(scheme: str, host: str, port: int) -> None:
    origin = WebOrigin(scheme, host, port)
    assert origin_of(str(origin)) == origin
