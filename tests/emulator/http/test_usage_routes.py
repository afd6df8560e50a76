"""OAuth usage of external client apps, with its paging trap."""

from dataclasses import replace

from sfharden.emulator.generate import INTEGRATION_USER
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client


def test_external_apps_have_usage_with_a_next_page_that_never_ends(auditor: Client, org: DemoOrg) -> None:
    (app,) = auditor.get("apps/oauth/usage").json["apps"]
    assert app["identifier"].startswith("0xI")
    users = auditor.ask("GET", app["usageDetailsUrl"]).json
    assert [one["username"] for one in users["users"]] == [INTEGRATION_USER]
    beyond = auditor.ask("GET", users["nextPageUrl"]).json
    assert (beyond["users"], bool(beyond["nextPageUrl"])) == ([], True)
    user = users["users"][0]["userIdentifier"]
    (token,) = auditor.get(f"apps/oauth/usage/{app['identifier']}/{user}/tokens").json["tokens"]
    assert auditor.ask("DELETE", token["revocationUrl"]).status == 204
    assert auditor.ask("DELETE", token["revocationUrl"]).status == 404
    assert [one.app_name for one in org.tokens] == ["Azure Logic Apps"]
    assert org.leaks == []


def test_usage_pages_apps_and_ends(auditor: Client, org: DemoOrg) -> None:
    for number in range(4):
        org.external_apps.append(replace(org.external_apps[0], id=f"0xI00000000000{number}AAA"))
    page = auditor.get("apps/oauth/usage?page=0&pageSize=3").json
    rest = auditor.ask("GET", page["nextPageUrl"]).json
    assert (len(page["apps"]), len(rest["apps"]), rest["nextPageUrl"]) == (3, 2, None)
    assert auditor.get("apps/oauth/usage?pageSize=0").status == 400


def test_revoking_all_tokens_of_an_external_app_needs_its_permission(auditor: Client, org: DemoOrg) -> None:
    app = org.external_apps[0].id
    given = org.permission_set("Caller auditor")
    assert given is not None
    given.permissions.discard("ExternalClientAppAdmin")
    target = f"/services/data/v66.0/apps/oauth/usage/{app}/tokens"
    assert auditor.ask("DELETE", target).code == "INSUFFICIENT_ACCESS"
    given.permissions.add("ExternalClientAppAdmin")
    assert auditor.ask("DELETE", target).status == 204
    assert [one.application_id for one in org.tokens] == [org.connected_apps[0].id]
