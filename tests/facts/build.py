"""The healthy app of either kind, with some texts replaced."""

from sfharden.facts.apps import App, apps_of
from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED, ECA, ECA_GLOBAL, ECA_OAUTH, ECA_OAUTH_POLICY, ECA_POLICY, EXTERNAL
from tests.orgs.metadata import APP, parsed

ECA_FILES = (ECA, ECA_OAUTH, ECA_GLOBAL, ECA_OAUTH_POLICY, ECA_POLICY)


def connected(*swaps: tuple[str, str]) -> App:
    """The healthy connected app with some texts replaced."""
    (app,) = apps_of([parsed(APP, healthy.swapped(CONNECTED, APP, *swaps)[APP])])
    return app


def external(path: str = ECA, *swaps: tuple[str, str], without: str = "") -> App:
    """The healthy external client app, with some texts of one file replaced or one file gone."""
    files = healthy.swapped(EXTERNAL, path, *swaps)
    return next(
        app
        for app in apps_of(parsed(one, files[one]) for one in ECA_FILES if one != without)
        if app.name == "Azure_Logic_Apps"
    )
