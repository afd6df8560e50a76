"""Which apps keep working without a token, as far as their metadata tells."""

import pytest

from sfharden.model.org import AppRow
from sfharden.model.snapshot import Component, Value
from sfharden.revocation.plan import PlannedToken
from sfharden.revocation.survival import survivals

from .kit import handle, snapshot

TOKENS = [PlannedToken(handle=handle(1), app="Sync", user="u1")]


def app(kind: str = "ConnectedApp", **values: str) -> Component:
    told = {"label": "Sync", **{name.replace("__", "."): value for name, value in values.items()}}
    return Component(
        kind=kind,
        name="Sync_App",
        file="x",
        values={name: (Value(text=text, line=1),) for name, text in told.items()},
    )


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (app(oauthConfig__certificate="(present, not kept)"), ["JWT bearer"]),
        (app(oauthConfig__isClientCredentialEnabled="true"), ["client credentials"]),
        (app(oauthConfig__isClientCredentialEnabled="false"), []),
        (app(), []),
    ],
)
def test_connected_apps(component: Component, words: list[str]) -> None:
    told = " ".join(survivals(TOKENS, snapshot(components=[component])))
    assert [word for word in ("JWT bearer", "client credentials") if word in told] == words
    assert "can't be told" not in told


def test_external_client_apps() -> None:
    parent = app("ExternalClientApplication")
    settings = app(
        "ExtlClntAppGlobalOauthSettings",
        externalClientApplication="Sync_App",
        certificate="(present, not kept)",
        isClientCredentialsFlowEnabled="true",
    )
    known = AppRow("0xIsync", "Sync", "Sync_App", True, None)
    (told,) = survivals(TOKENS, snapshot(components=[parent, settings], apps=[known]))
    assert "JWT bearer" in told
    assert "client credentials" in told


@pytest.mark.parametrize(
    "components",
    [
        [],
        [app("ExternalClientApplication")],
        [app(oauthConfig__isClientCredentialEnabled="perhaps")],
        [app(), app().model_copy(update={"name": "Sync_2"})],
    ],
)
def test_what_was_not_read_is_not_passed(components: list[Component]) -> None:
    (told,) = survivals(TOKENS, snapshot(components=components))
    assert "can't be told" in told
    assert "Sync" in told


def test_an_app_without_a_name_has_the_spelling_that_lists_have() -> None:
    (told,) = survivals([PlannedToken(handle=handle(1), app=" ", user="u1")], snapshot(components=[]))
    assert told.endswith("(no name)")
