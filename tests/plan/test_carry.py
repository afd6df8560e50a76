"""One change on two orgs: planned, tried and deployed on a sandbox, then the same on production with its own key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sfharden.demo.sample import integration_path
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator import ids
from sfharden.emulator.generate import ELSEWHERE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.xmltree import parse
from sfharden.errors import NoVerdictError
from sfharden.model.plan import Plan, PlannedOrg
from sfharden.plan.carry import carried, refuse_changed_package
from sfharden.plan.package import all_files
from sfharden.plan.steps import Commands
from sfharden.sources.integration_file import load_integrations
from tests.conftest import Run
from tests.emulator.kit import NOW, client
from tests.orgs.files import APP, PROFILE, SECURITY
from tests.plan.test_plan_deploy import PLANNED_CONTROLS, connected, verdicts

from .kit import addresses, everything_bad, healthy, integration, planned

NAMED = tuple(word for one in ELSEWHERE for word in ("--expect-refused", one))
KEY = "oauthConfig.consumerKey"


@contextmanager
def production() -> Iterator[DemoServer]:
    """Another org with the same app and profile: other id, other consumer key, other description."""
    with serve_tour(NOW) as server:
        org = server.org
        org.id, org.name, org.is_sandbox = ids.make_id("00D", 815), "Acme", False
        key = parse(org.metadata[APP]).value(KEY).encode()
        org.metadata[APP] = org.metadata[APP].replace(key, b"3MVG9PRODUCTION")
        yield server


def plan_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, server: DemoServer, *more: str | Path
) -> tuple[int, str, str]:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
    return run("plan", "--instance-url", server.base_url, "-i", integration_path(), *NAMED, *more)


def package_in(folder: Path) -> dict[str, bytes]:
    files = (one for one in (folder / "package").rglob("*") if one.is_file())
    return {one.relative_to(folder / "package").as_posix(): one.read_bytes() for one in files}


def test_f033_a_change_tried_on_a_sandbox_is_made_in_production(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = tmp_path / "change", tmp_path / "change-there"
    with serve_tour(NOW) as sandbox, client(sandbox) as auditor:
        assert plan_on(run, monkeypatch, sandbox, "-o", first)[0] == 0
        assert auditor.deploy(package_in(first))["success"]
    with production() as server, client(server) as auditor, connected(server) as connection:
        key = parse(server.org.metadata[APP]).value(KEY)
        code, out, _ = plan_on(run, monkeypatch, server, "--from-plan", first, "-o", second)
        assert code == 0
        assert out.startswith("PRODUCTION org Acme (00D")
        assert "Carried over: 6 changes as in the plan for Sandbox org Acme (00D" in " ".join(out.split())
        page = (second / "README.md").read_text()
        assert page.startswith("# PRODUCTION org Acme (00D")
        assert key.encode() not in b"".join(package_in(second).values())
        assert auditor.deploy(package_in(second))["success"]
        (one,), _ = load_integrations(integration_path())
        after = verdicts(connection, one)
        assert {name: after[name] for name in PLANNED_CONTROLS} == {
            name: {"pass"} for name in PLANNED_CONTROLS
        }
        assert parse(server.org.metadata[APP]).value(KEY) == key == "3MVG9PRODUCTION"
        assert plan_on(run, monkeypatch, server, "--from-plan", first)[0] == 0  # all of it is so already
    assert json.loads((second / "plan.json").read_text())["org"]["production"] is True


def test_the_first_orgs_own_package_does_no_harm_there_either(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It's not what is advised; but the key of another org would refuse it, and now there's none in it."""
    with serve_tour(NOW) as sandbox:
        plan_on(run, monkeypatch, sandbox, "-o", tmp_path / "change")
    with production() as server, client(server) as auditor:
        assert auditor.deploy(package_in(tmp_path / "change"))["success"]
        assert parse(server.org.metadata[APP]).value(KEY) == "3MVG9PRODUCTION"


def test_each_difference_is_looked_at_first(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serve_tour(NOW) as sandbox:
        plan_on(run, monkeypatch, sandbox, "-o", tmp_path / "change")
    with production() as server:
        code, out, err = plan_on(run, monkeypatch, server, "--from-plan", tmp_path / "change", "--fit", "3")
        assert code == 4
        first = " ".join(out.split()).partition("LOOK AT THIS FIRST ")[2]
        assert "That plan was made with no --fit, this one with --fit 3." in first
        assert "Another value than there: Profile 'Logic Apps Integration', login ranges: only here" in first
        code, _, err = plan_on(
            run, monkeypatch, server, "--from-plan", tmp_path / "change", "--fit", "3", "-f", "json"
        )
        assert code == 4
        assert "Another value than there" in err
        assert "Carried over" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--plan", "change"), "Give one of them"),
        (("-o", "change"), "would replace the plan that is carried over"),
        (("-o", "change/../change"), "would replace the plan that is carried over"),
        (("--from-plan", "nowhere"), "There is no plan in"),
    ],
)
def test_wrong_usage(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with serve_tour(NOW) as sandbox:
        plan_on(run, monkeypatch, sandbox, "-o", "change")
        code, out, err = plan_on(run, monkeypatch, sandbox, "--from-plan", "change", *more)
    assert (code, out) == (2, "")
    assert said in err


def test_a_plan_of_the_same_org_and_a_changed_one_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serve_tour(NOW) as sandbox:
        plan_on(run, monkeypatch, sandbox, "-o", tmp_path / "change")
        code, out, err = plan_on(run, monkeypatch, sandbox, "--from-plan", tmp_path / "change")
        assert (code, out) == (3, "")
        assert "made for this same org" in err
    (tmp_path / "change/package" / SECURITY).write_text("<SecuritySettings/>")
    with production() as server:
        code, out, err = plan_on(run, monkeypatch, server, "--from-plan", tmp_path / "change")
        assert (code, out) == (3, "")
        assert "its package is not the one that it tells of" in err


# Two plans side by side ---------------------------------------------------------------------------


def told(plan: Plan, number: int) -> Plan:
    org = PlannedOrg(id=f"00D{number:012}", name="Acme", production=bool(number))
    return plan.model_copy(update={"org": org})


def test_what_is_planned_on_one_side_only_is_a_difference() -> None:
    whole = told(planned(everything_bad()).plan, 0)
    part = told(planned({**everything_bad(), APP: healthy()[APP]}).plan, 1)
    found = carried(whole, part)
    missing = [one for one in found.differences if one.startswith("Planned there and not here: ConnectedApp")]
    assert len(missing) == len(whole.changes) - len(part.changes) > 0
    assert found.same == len(part.changes)
    more = carried(part, told(whole, 2)).differences
    assert all(one.startswith("Planned here and not there, so not tried there: ConnectedApp") for one in more)
    assert len(more) == len(missing)


def test_what_is_so_already_is_none_where_the_plan_leaves_nothing_open() -> None:
    whole = told(planned(everything_bad()).plan, 0)
    done = carried(whole, told(planned(healthy()).plan, 1))
    assert (done.same, done.differences) == (0, ())
    assert len(done.notes) == len(whole.changes)
    assert all("it's so here already" in one for one in done.notes)


def test_names_are_matched_as_the_org_matches_them() -> None:
    one = told(planned(everything_bad()).plan, 0)
    shouted = [change.model_copy(update={"name": change.name.upper()}) for change in one.changes]
    assert carried(one, told(one.model_copy(update={"changes": tuple(shouted)}), 1)).differences == ()


def test_every_range_of_a_difference_is_named() -> None:
    many = addresses(*(f"192.0.2.{number}" for number in range(1, 60, 2)))
    one, other = (
        planned(everything_bad(), integration(egress=egress)).plan
        for egress in (many, addresses("192.0.2.1"))
    )
    (said,) = carried(told(one, 0), told(other, 1)).differences
    assert all(f"192.0.2.{number}" in said for number in range(3, 60, 2))


def test_the_package_of_a_folder_is_what_its_plan_tells() -> None:
    result = planned(everything_bad())
    files = dict(all_files(result, Commands("change")))
    refuse_changed_package(result.plan, files)
    for other in ({**files, "package/more.profile": b""}, {**files, f"package/{PROFILE}": b""}):
        with pytest.raises(NoVerdictError, match="was changed"):
            refuse_changed_package(result.plan, other)
    del files[f"package/{PROFILE}"]
    with pytest.raises(NoVerdictError, match="was changed"):
        refuse_changed_package(result.plan, files)
