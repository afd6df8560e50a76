"""Plans deployed to the embedded org, through the wire: the controls pass, and the rollback brings the old verdict back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.demo.sample import integration_path
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import profile_xml
from sfharden.emulator.xmltree import parse
from sfharden.errors import NoVerdictError
from sfharden.model.integration import Integration
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component
from sfharden.plan.make import Material, draw_up
from sfharden.plan.package import package_files, rollback_files
from sfharden.plan.planner import Options, PlanResult
from sfharden.plan.validate import validate
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.salesforce.deploy import deploy_check_only
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.metadata_files import raw_from_retrieve, with_files
from sfharden.sources.org.read import read_org
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from tests.emulator.kit import NOW, client
from tests.salesforce.kit import FakeTime

PLANNED_CONTROLS = {
    "login-ranges-cover-egress",
    "login-ranges-keep-operator-way-in",
    "login-ranges-bounded",
    "app-admin-approved",
    "app-ip-enforced",
    "app-limited-to-integration-profile",
    "app-refresh-token-bounded",
    "ip-enforced-on-every-request",
    "integration-user-can-call-api",
}


@contextmanager
def connected(server: DemoServer) -> Iterator[Connection]:
    session = sign_in_with_token(server.base_url, Secret(server.tokens["auditor"]))
    connection = connect(session, API_VERSIONS, CallMeter(), timing=FakeTime().timing())
    try:
        yield connection
    finally:
        connection.wire.close()


def material(connection: Connection) -> Material:
    reading = read_org(connection, Wanted(), "0")

    def raw(wanted: dict[str, Component]) -> dict[str, RawFile]:
        return raw_from_retrieve(reading.zip_bytes, wanted)

    return Material(reading.snapshot, raw, with_files)  # type: ignore[arg-type]


def verdicts(connection: Connection, integration: Integration) -> dict[str, set[str]]:
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    found: dict[str, set[str]] = {}
    for result in evaluate(material(connection).snapshot, policies, [integration], (), NOW, "0").results:
        found.setdefault(result.control, set()).add(result.status.value)
    return found


def planned_on(connection: Connection, integration: Integration) -> PlanResult:
    return draw_up(material(connection), [integration], Options()).planned


@pytest.fixture
def tour_integration() -> Integration:
    return load_integrations(integration_path())[0][0]


def test_the_bad_org_is_mended_and_can_be_brought_back(tour_integration: Integration) -> None:
    with serve_tour(NOW) as server, client(server) as auditor, connected(server) as connection:
        before = verdicts(connection, tour_integration)
        failing = {name for name in PLANNED_CONTROLS if before[name] == {"fail"}}
        assert len(failing) >= 6
        planned = planned_on(connection, tour_integration)
        assert not planned.plan.conditions
        assert planned.plan.org is not None
        assert auditor.deploy(package_files(planned))["success"]
        after = verdicts(connection, tour_integration)
        assert {name: after[name] for name in PLANNED_CONTROLS} == {key: {"pass"} for key in PLANNED_CONTROLS}
        assert planned_on(connection, tour_integration).plan.changes == ()
        assert auditor.deploy(rollback_files(planned))["success"]
        assert verdicts(connection, tour_integration) == before


def test_the_package_is_validated_and_nothing_is_saved(tour_integration: Integration) -> None:
    with serve_tour(NOW) as server, connected(server) as connection:
        planned = planned_on(connection, tour_integration)
        saved = dict(server.org.metadata)
        package = package_files(planned)

        def deploy(content: bytes) -> object:
            return deploy_check_only(connection.wire, connection.version, content)

        assert validate(deploy, package) == (True, [])  # type: ignore[arg-type]
        server.org.metadata["settings/Security.settings"] += b" "
        broken = {**package, "connectedApps/Azure_Logic_Apps.connectedApp": b"<ConnectedApp/>"}
        good, lines = validate(deploy, broken)  # type: ignore[arg-type]
        assert not good
        assert any("Azure_Logic_Apps" in line and "label" in line for line in lines)
        assert server.org.metadata == {
            **saved,
            "settings/Security.settings": saved["settings/Security.settings"] + b" ",
        }


def test_a_new_profile_is_a_clone_with_a_hostile_name(tour_integration: Integration) -> None:
    name = 'Logic & Apps (it\'s "odd") 50% 営業'
    wanted = tour_integration.model_copy(
        update={"profile": name, "clone_from": "Minimum Access - Salesforce"}
    )
    with serve_tour(NOW) as server, client(server) as auditor, connected(server) as connection:
        planned = planned_on(connection, wanted)
        assert [one.kind for one in planned.files] == ["PermissionSet", "Profile"]
        assert any("Give svc-logicapps@acme.example" in one for one in planned.plan.manual)
        assert any("is new" in one for one in planned.plan.undo)
        assert list(rollback_files(planned)) == ["package.xml"]
        result = auditor.deploy(package_files(planned))
        assert result["success"], result["details"]
        second = planned_on(connection, wanted)
        assert "Profile" not in {one.kind for one in second.files}
        assert any("would refuse svc-logicapps" in one for one in second.plan.lockouts)
        made = server.org.profile(name)
        assert made is not None
        service = next(one for one in server.org.users if one.username == "svc-logicapps@acme.example")
        given = server.org.permission_set("crm_sync_rights")
        assert given is not None
        server.org.assign(service, given)
        service.profile_id = made.id
        third = planned_on(connection, wanted)
        assert third.plan.lockouts == ()
        assert auditor.deploy(package_files(third))["success"]
        after = verdicts(connection, wanted)
        assert {one: after[one] for one in PLANNED_CONTROLS} == {one: {"pass"} for one in PLANNED_CONTROLS}
        assert planned_on(connection, wanted).plan.changes == ()


def test_an_external_client_app_is_mended(tour_integration: Integration) -> None:
    org = healthy_org(NOW)
    path = "extlClntAppOauthPolicies/Reporting_Sync_oauthPlcy.ecaOauthPlcy"
    for good, bad in (("AdminApprovedPreAuthorized", "AllSelfAuthorized"), (">Enforce<", ">Bypass<"),
                      ("SpecificInactivity", "Infinite")):  # fmt: skip
        org.metadata[path] = org.metadata[path].replace(good.encode(), bad.encode())
    wanted = tour_integration.model_copy(update={"app": "Reporting Sync"})
    with serve(org) as server, client(server) as auditor, connected(server) as connection:
        before = verdicts(connection, wanted)
        planned = planned_on(connection, wanted)
        assert auditor.deploy(package_files(planned))["success"]
        after = verdicts(connection, wanted)
        assert {name: after[name] for name in PLANNED_CONTROLS} == {key: {"pass"} for key in PLANNED_CONTROLS}
        assert parse(org.metadata[path]).value("refreshTokenValidityPeriod") == "30"
        assert auditor.deploy(rollback_files(planned))["success"]
        assert verdicts(connection, wanted) == before


def test_a_profile_that_others_have_gets_no_ranges(tour_integration: Integration) -> None:
    def share(org: DemoOrg) -> None:
        org.add_user("eve@acme.example", "Logic Apps Integration")

    with serve_tour(NOW) as server, connected(server) as connection:
        share(server.org)
        with pytest.raises(NoVerdictError, match=r"also that of eve@acme\.example"):
            planned_on(connection, tour_integration)


def test_a_profile_whose_file_did_not_come_is_not_made_anew(tour_integration: Integration) -> None:
    with serve_tour(NOW) as server, connected(server) as connection:
        server.org.metadata["profiles/Other.profile"] = profile_xml()
        del server.org.metadata["profiles/Logic Apps Integration.profile"]
        with pytest.raises(NoVerdictError, match="metadata was not read"):
            planned_on(connection, tour_integration)
