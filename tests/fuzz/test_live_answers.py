"""Whatever a running org answers: a code of the table, no bug, no secret, and nothing becomes surer than it is.

An answer that lost something may make a verdict fail, unknown or none at all; it never makes a pass, a whole list of
tokens, a revocation that is done or a package that the org would take. For an answer that says something else in the
right shape, that holds of an org in which everything fails.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.emulator.generate import APP_LABEL, healthy_org
from sfharden.emulator.state import DemoOrg
from sfharden.errors import Exit
from sfharden.revocation.history import read_history
from tests.orgs.constants import NOW
from tests.orgs.unhardened import OF_A_CONNECTED_APP, OF_AN_EXTERNAL_APP, OF_THE_ORG, LetGo

from .answers import LIES, LOSSES
from .damage import mutants
from .proxy import COMMANDS, Bench, Ended, mutation

POLICIES: Final = {name: load_policy(name) for name in DEFAULT_POLICIES}
ANY: Final = {**LOSSES, **LIES}
LET_GO: Final = (
    *((one, False) for one in (*OF_THE_ORG, *OF_A_CONNECTED_APP)),
    *((one, True) for one in OF_AN_EXTERNAL_APP),
)


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Bench:
    # Half of a run's time would go into reading the policies again.
    monkeypatch.setattr("sfharden.commands.judging.load_policy", POLICIES.__getitem__)
    return Bench(tmp_path, capsys, monkeypatch)


def statuses(ended: Ended) -> Mapping[tuple[str, str], str]:
    return {
        (one["control"], one["subject"]["name"]): one["status"] for one in ended.report.get("results", ())
    }


def unhardened(letting_go: tuple[LetGo, ...]) -> DemoOrg:
    """An org in which all these are let go of, as far as they go together."""
    org = healthy_org(NOW)
    for one in letting_go:
        with suppress(AssertionError):  # another has already changed what it changes
            one.change(org)
    return org


@pytest.mark.parametrize("number", mutants(12))
def test_what_one_thing_fails_for_no_loss_passes(bench: Bench, number: int) -> None:
    one, external = LET_GO[number * 7 % len(LET_GO)]
    org = healthy_org(NOW, external=external)
    one.change(org)
    with bench.serving(org) as server:
        calm = bench.run(server, COMMANDS["check"])
        changed = mutation(f"check {number}", calm.asked, LOSSES)
        after = bench.run(server, COMMANDS["check"], changed)
    assert statuses(calm)
    assert after.code != Exit.OK, f"{changed}, {one}"
    before = statuses(calm)
    worse = {key for key, status in before.items() if status in ("fail", "unknown")}
    turned = {key for key in worse if statuses(after).get(key) == "pass"}
    assert not turned, f"{changed}, {one}: {turned}"


@pytest.mark.parametrize("number", mutants(6))
def test_where_everything_fails_no_lie_ends_in_zero(bench: Bench, number: int) -> None:
    with bench.serving(unhardened((*OF_THE_ORG, *OF_A_CONNECTED_APP))) as server:
        calm = bench.run(server, COMMANDS["check"])
        changed = mutation(f"lie {number}", calm.asked, ANY)
        after = bench.run(server, COMMANDS["check"], changed)
    assert sum(status == "fail" for status in statuses(calm).values()) > 20
    assert after.code in (Exit.FINDINGS, Exit.NO_VERDICT), changed


@pytest.mark.parametrize("number", mutants(4))
def test_a_snapshot_that_has_lost_something_says_so(bench: Bench, number: int) -> None:
    with bench.serving(healthy_org(NOW, external=number % 2 == 1)) as server:
        calm, whole = bench.run(server, COMMANDS["snapshot"]), _snapshot(bench)
        changed = mutation(f"snapshot {number}", calm.asked, LOSSES)
        after, found = bench.run(server, COMMANDS["snapshot"], changed), _snapshot(bench)
    assert calm.code == Exit.OK
    assert found.get("gaps") or after.code == Exit.NO_VERDICT or found == whole, changed


def _snapshot(bench: Bench) -> Mapping[str, object]:
    path = bench.folder / "s.json"
    text = path.read_text("utf-8") if path.exists() else "{}"
    path.unlink(missing_ok=True)
    found = json.loads(text)
    # Who asks, and what the org is called, are told another way or rest under nothing.
    rows = {
        name: one
        for name, one in (found.get("org") or {}).items()
        if name not in ("caller", "organization", "read_at")
    }
    return {"components": found.get("components"), "gaps": found.get("gaps"), "rows": rows}


@pytest.mark.parametrize("number", mutants(3))
def test_a_list_of_tokens_that_is_not_whole_says_so(bench: Bench, number: int) -> None:
    with bench.serving(healthy_org(NOW, external=number % 2 == 1)) as server:
        calm = bench.run(server, COMMANDS["tokens"])
        changed = mutation(f"tokens {number}", calm.asked, LOSSES)
        after = bench.run(server, COMMANDS["tokens"], changed)
        bench.run(server, COMMANDS["tokens"], mutation(f"tokens lie {number}", calm.asked, LIES))
    assert after.code != Exit.OK or _listed(after) >= _listed(calm), changed


def _listed(ended: Ended) -> int:
    return len(ended.report["tokens"])


@pytest.mark.parametrize("number", mutants(2))
def test_a_login_that_lacks_something_is_never_said_to_be_enough(bench: Bench, number: int) -> None:
    org = healthy_org(NOW)
    with bench.serving(org) as server:
        bench.patch.setenv("SF_ACCESS_TOKEN", server.tokens["no-logins"])
        calm = bench.run(server, COMMANDS["doctor"])
        changed = mutation(f"doctor {number}", calm.asked, LOSSES)
        after = bench.run(server, COMMANDS["doctor"], changed)
        bench.run(server, COMMANDS["doctor"], mutation(f"doctor lie {number}", calm.asked, LIES))
    assert calm.code == Exit.INCOMPLETE
    assert after.code != Exit.OK, changed


@pytest.mark.parametrize("number", mutants(2))
def test_a_change_that_breaks_something_is_never_called_safe(bench: Bench, number: int) -> None:
    with bench.serving(healthy_org(NOW)) as server:
        elsewhere = (bench.folder / "i.yaml").read_text("utf-8").replace("203.0.113.0/28", "203.0.113.64/28")
        (bench.folder / "i.yaml").write_text(elsewhere, "utf-8")
        calm = bench.run(server, COMMANDS["simulate"])
        changed = mutation(f"simulate {number}", calm.asked, LOSSES)
        after = bench.run(server, COMMANDS["simulate"], changed)
        bench.run(server, COMMANDS["simulate"], mutation(f"simulate lie {number}", calm.asked, LIES))
    assert calm.code == Exit.FINDINGS
    assert after.code != Exit.OK, changed


@pytest.mark.parametrize("number", mutants(2))
def test_a_dry_run_never_revokes(bench: Bench, number: int) -> None:
    with bench.serving(healthy_org(NOW)) as server:
        tokens = server.org.tokens.rows()
        calm = bench.run(server, COMMANDS["dry run"])
        changed = mutation(f"dry run {number}", calm.asked, ANY)
        after = bench.run(server, COMMANDS["dry run"], changed)
        assert server.org.tokens.rows() == tokens
    assert not [one for one in (*calm.asked, *after.asked) if "revoke" in one or one.startswith("DELETE")]


@pytest.mark.parametrize("number", mutants(6))
def test_revoking_touches_nothing_else_and_is_not_called_done_before_it_is(bench: Bench, number: int) -> None:
    external, ways = number % 4 > 1, LIES if number % 2 else LOSSES
    with bench.serving(healthy_org(NOW, external=external)) as server:
        calm = bench.run(server, COMMANDS["revoke"])
    (bench.folder / "j").unlink()
    with bench.serving(healthy_org(NOW, external=external)) as server:
        own, others = _held(server.org)
        changed = mutation(f"revoke {number}", calm.asked, ways)
        after = bench.run(server, COMMANDS["revoke"], changed)
        left, untouched = _held(server.org)
    assert calm.code == Exit.OK
    if ways is LOSSES:
        assert untouched == others, changed
        assert after.code != Exit.OK or not left, changed
    # Whatever was lied about: nothing was done that the journal doesn't tell.
    done = len(own | others) - len(left | untouched)
    assert done <= (_begun(bench.folder / "j") if done else 0), changed


def _held(org: DemoOrg) -> tuple[set[str], set[str]]:
    """The tokens of the app, and all others."""
    own = {one.delete_token for one in org.tokens if one.app_name == APP_LABEL}
    return own, {one.delete_token for one in org.tokens} - own


def _begun(journal: Path) -> int:
    return len(read_history(journal.read_bytes()).events)


@pytest.mark.parametrize("number", mutants(3))
def test_a_package_that_the_org_refuses_is_never_called_good(bench: Bench, number: int) -> None:
    org = healthy_org(NOW)
    org.knobs.five_range_rule = True
    with bench.serving(org) as server:
        ranges = ", ".join(f"203.0.113.{last}" for last in range(1, 20, 2))
        many = (bench.folder / "i.yaml").read_text("utf-8").replace("203.0.113.0/28", ranges)
        (bench.folder / "i.yaml").write_text(many, "utf-8")
        calm = bench.run(server, COMMANDS["plan"])
        changed = mutation(f"plan {number}", calm.asked, LOSSES)
        after = bench.run(server, COMMANDS["plan"], changed)
        bench.run(server, COMMANDS["plan"], mutation(f"plan lie {number}", calm.asked, LIES))
    assert "would refuse the package" in calm.told
    assert "would take the package" not in after.told, changed
