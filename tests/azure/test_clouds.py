"""Which ARM a run talks to, and whose tokens go there."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.clouds import (
    CHINA,
    CLOUDS,
    PUBLIC,
    US_GOVERNMENT,
    cloud_at,
    cloud_of,
    cloud_shown,
    cloud_signed_in_at,
)
from sfharden.errors import AuthError, UsageError

GRAPH = "https://graph.microsoft.com"


@pytest.mark.parametrize(
    ("cloud", "host", "resource"),
    [
        (PUBLIC, "https://management.azure.com", "https://management.azure.com"),
        (US_GOVERNMENT, "https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net"),
        (CHINA, "https://management.chinacloudapi.cn", "https://management.chinacloudapi.cn"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_three_clouds_are_known_by_their_address(cloud: Any, host: str, resource: str) -> None:
    assert cloud_at(f"{host}/") is cloud
    assert (str(cloud.origin), cloud.resource) == (host, resource)
    assert cloud.accepts(f"{resource.upper()}/")
    assert not cloud.accepts(GRAPH)


def test_no_cloud_takes_another_s_token() -> None:
    for cloud in CLOUDS:
        assert [one.name for one in CLOUDS if one.accepts(cloud.resource)] == [cloud.name]
        assert cloud_of(cloud.resource) is cloud
    assert cloud_of(GRAPH) is None


@pytest.mark.parametrize(
    "audience",
    ["https://management.azure.com", "https://management.azure.com/", "https://management.core.windows.net/"],
)
def test_a_public_token_names_its_audience_in_several_ways(audience: str) -> None:
    assert cloud_of(audience) is PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "http://management.azure.com",
        "https://management.azure.com/x",
        "https://me@management.azure.com",
        "azure",
        "http://10.0.0.1",
    ],
)
def test_an_endpoint_is_an_address_and_safe(url: str) -> None:
    with pytest.raises(UsageError):
        cloud_at(url)


def test_another_server_gets_only_tokens_that_are_for_it() -> None:
    own = cloud_at("https://arm.example:8443")
    assert own.accepts("https://arm.example:8443/")
    assert not own.accepts(PUBLIC.resource)


def test_this_machine_may_have_any_token() -> None:
    assert cloud_at("http://127.0.0.1:9999").accepts(PUBLIC.resource)


def test_the_command_line_tells_a_cloud_of_its_own() -> None:
    shown = cloud_shown(
        {
            "name": "Stack",
            "endpoints": {
                "resourceManager": "https://management.stack.example/",
                "activeDirectory": "https://login.stack.example/adfs",
                "activeDirectoryResourceId": "https://management.stack.example/f00d/",
            },
        }
    )
    assert (shown.name, str(shown.origin), shown.login) == (
        "Stack", "https://management.stack.example", "login.stack.example"
    )  # fmt: skip
    assert shown.accepts("https://management.stack.example/f00d")
    assert cloud_shown({"endpoints": {"resourceManager": "https://management.azure.com/"}}) is PUBLIC


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9),
        lambda inner: st.dictionaries(st.sampled_from(["endpoints", "resourceManager", "name"]), inner),
        max_leaves=9,
    )
)
def test_whatever_it_tells_is_a_cloud_or_an_error(told: Any) -> None:
    with suppress(AuthError):
        assert cloud_shown(told).origin.scheme == "https"


@pytest.mark.parametrize("authority", ["login.microsoftonline.us", "https://login.microsoftonline.us/"])
def test_a_host_that_signs_in_tells_the_cloud(authority: str) -> None:
    assert cloud_signed_in_at(authority) is US_GOVERNMENT
    assert cloud_signed_in_at("") is None
