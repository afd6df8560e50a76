"""Apps of both kinds speak one vocabulary; what their files don't say, or say twice, can't be told."""

from collections.abc import Callable
from typing import Any

import pytest

from sfharden.facts.apps import App, IpRelaxation, apps_of
from sfharden.facts.values import CannotTell
from tests.facts.build import ECA_FILES, connected, external
from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED, ECA, ECA_GLOBAL, ECA_OAUTH, ECA_OAUTH_POLICY, EXTERNAL
from tests.orgs.metadata import APP, parsed

READERS: dict[str, Callable[[App], Any]] = {
    "admin approved": lambda app: app.admin_approved().value,
    "IP relaxation": lambda app: app.ip_relaxation().value,
    "refresh policy": lambda app: app.refresh_policy().value,
    "PKCE": lambda app: app.pkce_required().value,
    "introspection": lambda app: app.introspects_all().value,
    "scopes": lambda app: [fact.value for fact in app.scopes()],
    "profiles": lambda app: [fact.value for fact in app.profiles()],
    "permission sets": lambda app: [fact.value for fact in app.permission_sets()],
    "labels": lambda app: app.labels,
    "name": lambda app: app.name,
}


@pytest.mark.parametrize("reader", sorted(READERS))
def test_both_kinds_of_app_give_the_same_answers(reader: str) -> None:
    assert READERS[reader](connected()) == READERS[reader](external())


def test_the_kinds_are_told_apart() -> None:
    assert (connected().kind, external().kind) == ("connected-app", "external-client-app")
    assert (connected().where, external().where) == (APP, ECA)


RELAXATIONS = {
    "ENFORCE": IpRelaxation.ENFORCE,
    "Enforce": IpRelaxation.ENFORCE,
    "ENFORCE_RELAXREFRESH": IpRelaxation.RELAX_REFRESH,
    "EnforceRelaxRefresh": IpRelaxation.RELAX_REFRESH,
    "Enforce_RelaxRefresh": IpRelaxation.RELAX_REFRESH,
    "BYPASS_2FACTOR": IpRelaxation.RELAX_ACTIVATED,
    "Bypass_2factor": IpRelaxation.RELAX_ACTIVATED,
    "Bypass2Factor": IpRelaxation.RELAX_ACTIVATED,
    "BYPASS": IpRelaxation.RELAX,
    "Bypass": IpRelaxation.RELAX,
}


@pytest.mark.parametrize("text", sorted(RELAXATIONS))
def test_ip_relaxation_is_known_in_the_spelling_of_either_kind(text: str) -> None:
    old = connected(("ENFORCE", text)).ip_relaxation()
    new = external(ECA_OAUTH_POLICY, (">Enforce<", f">{text}<")).ip_relaxation()
    assert old.value is new.value is RELAXATIONS[text]
    assert old.text == new.text == text


@pytest.mark.parametrize("text", ["ENFORCE2", "ENFORC", "RELAX", "true", "Enforce IP restrictions", "-"])
def test_ip_relaxation_that_nobody_knows_can_not_be_told(text: str) -> None:
    for app in (connected(("ENFORCE", text)), external(ECA_OAUTH_POLICY, (">Enforce<", f">{text}<"))):
        with pytest.raises(CannotTell, match="doesn't know"):
            app.ip_relaxation()


@pytest.mark.parametrize(
    ("text", "approved"),
    [
        ("AdminApprovedPreAuthorized", True),
        ("adminapprovedpreauthorized", True),
        ("AllSelfAuthorized", False),
    ],
)
def test_who_may_use_an_external_app(text: str, approved: bool) -> None:
    app = external(ECA_OAUTH_POLICY, ("AdminApprovedPreAuthorized", text))
    assert app.admin_approved().value is approved


@pytest.mark.parametrize("text", ["AdminApproved", "Everyone", "true"])
def test_other_words_for_who_may_use_an_app_can_not_be_told(text: str) -> None:
    with pytest.raises(CannotTell):
        external(ECA_OAUTH_POLICY, ("AdminApprovedPreAuthorized", text)).admin_approved()
    if text != "true":
        with pytest.raises(CannotTell):
            connected(("Approved>true", f"Approved>{text}")).admin_approved()


# What is not there ----------------------------------------------------------------------------

_NEEDED = {
    "admin approved": ECA_OAUTH_POLICY,
    "IP relaxation": ECA_OAUTH_POLICY,
    "refresh policy": ECA_OAUTH_POLICY,
    "profiles": ECA_OAUTH_POLICY,
    "permission sets": ECA_OAUTH_POLICY,
    "PKCE": ECA_GLOBAL,
    "introspection": ECA_GLOBAL,
    "scopes": ECA_OAUTH,
}


@pytest.mark.parametrize("reader", sorted(_NEEDED))
def test_without_its_file_a_fact_of_an_external_app_can_not_be_told(reader: str) -> None:
    with pytest.raises(CannotTell, match=r"no Extl\w+ file of the app was read"):
        READERS[reader](external(without=_NEEDED[reader]))


@pytest.mark.parametrize(
    "reader", ["admin approved", "IP relaxation", "refresh policy", "PKCE", "introspection", "scopes"]
)
def test_an_app_whose_file_says_nothing_tells_nothing(reader: str) -> None:
    empty = parsed("A.connectedApp", '<ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata"/>')
    with pytest.raises(CannotTell):
        READERS[reader](apps_of([empty])[0])


def test_comma_separated_lists_are_split_and_their_blanks_dropped() -> None:
    app = external(ECA_OAUTH, ("Api, RefreshToken", " Api,RefreshToken , ,OpenID,"))
    assert [fact.value for fact in app.scopes()] == ["Api", "RefreshToken", "OpenID"]
    with pytest.raises(CannotTell, match="no OAuth scopes"):
        external(ECA_OAUTH, ("Api, RefreshToken", " , ")).scopes()


# Several files --------------------------------------------------------------------------------


def twice(text: str, *swaps: tuple[str, str]) -> App:
    """One connected app that two files describe."""
    other = healthy.swapped(CONNECTED, APP, *swaps)[APP]
    (app,) = apps_of([parsed(APP, text), parsed(f"other/{APP}", other)])
    return app


@pytest.mark.parametrize(
    ("reader", "swap"),
    [
        ("admin approved", ("Approved>true", "Approved>false")),
        ("IP relaxation", ("ENFORCE", "BYPASS")),
        ("refresh policy", ("specific_inactivity:30:DAYS", "infinite")),
        ("PKCE", ("Required>true", "Required>false")),
        ("introspection", ("Tokens>false", "Tokens>true")),
        ("scopes", (">Api<", ">Full<")),
        ("profiles", ("Logic Apps Integration", "Standard")),
    ],
)
def test_two_files_that_disagree_can_not_be_told_and_only_on_that(reader: str, swap: tuple[str, str]) -> None:
    app = twice(CONNECTED[APP], swap)
    for name, read in READERS.items():
        if name == reader:
            with pytest.raises(CannotTell, match="different values"):
                read(app)
        elif name != "labels":
            assert read(app) == read(connected())


def test_two_files_of_which_one_is_silent_can_not_be_told() -> None:
    app = twice(CONNECTED[APP], ("<ipRelaxation>ENFORCE</ipRelaxation>", ""))
    with pytest.raises(CannotTell, match="not in the file"):
        app.ip_relaxation()


def test_two_files_that_agree_are_one_app() -> None:
    assert all(
        read(twice(CONNECTED[APP])) == read(connected()) for name, read in READERS.items() if name != "labels"
    )


def test_a_policy_goes_to_the_app_that_it_names_and_not_to_that_of_its_file_s_name() -> None:
    stray = parsed("Other_oauthPlcy.ecaOauthPlcy", EXTERNAL[ECA_OAUTH_POLICY])
    (app,) = apps_of([parsed(ECA, EXTERNAL[ECA]), stray])
    assert app.ip_relaxation().where == "Other_oauthPlcy.ecaOauthPlcy:5"


def test_a_policy_that_names_no_app_never_passes_for_the_app_s() -> None:
    parent = "<externalClientApplication>Azure_Logic_Apps</externalClientApplication>"
    with pytest.raises(CannotTell, match="no Extl"):
        external(ECA_OAUTH_POLICY, (parent, "")).ip_relaxation()


def test_a_connected_and_an_external_app_of_one_name_are_two() -> None:
    both = apps_of(
        [parsed(ECA, EXTERNAL[ECA]), parsed(APP, CONNECTED[APP]), parsed(ECA_OAUTH, EXTERNAL[ECA_OAUTH])]
    )
    assert [(app.name, app.external) for app in both] == [
        ("Azure_Logic_Apps", False),
        ("Azure_Logic_Apps", True),
    ]


def test_the_order_of_the_files_makes_no_difference() -> None:
    parts = [parsed(path, EXTERNAL[path]) for path in ECA_FILES]
    assert apps_of(parts) == apps_of(reversed(parts))
