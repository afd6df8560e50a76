"""README.md of a plan: the steps in their order, and hostile names that are only text."""

from xml.sax import saxutils

import pytest

from sfharden.plan.package import all_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.steps import Commands
from sfharden.report.plan_table import render_plan
from sfharden.text.markdown import escaped
from sfharden.text.terminal import Terminal
from tests.orgs.files import APP
from tests.plan.kit import addresses, everything_bad, healthy, integration, planned


@pytest.fixture
def bad() -> PlanResult:
    return planned(everything_bad())


def test_the_steps_stand_in_their_order(bad: PlanResult) -> None:
    page = all_files(bad, Commands("plan"))["README.md"].decode()
    words = [
        "**Profile.**",
        "**App policy.**",
        "**Session setting.**",
        "**Revoke.**",
        "**Write it down.**",
        "**Reauthorise.**",
        "**Test both ways.**",
        "**Verify.**",
    ]
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    assert "    sf project deploy start --metadata-dir plan/package --target-org YOUR_ORG --dry-run\n" in page
    assert "--metadata-dir plan/rollback --target-org YOUR_ORG\n" in page


def test_every_deployment_names_its_org(bad: PlanResult) -> None:
    page = all_files(bad, Commands("plan", org="my prod"))["README.md"].decode()
    lines = [line for line in page.splitlines() if "sf project deploy" in line]
    assert len(lines) == 3
    assert all("--target-org 'my prod'" in line for line in lines)


HOSTILE = "<img src=x onerror=alert(1)> [click](http://evil.example) `rm -rf` \x1b[31m\u202e www.evil.example"


def test_hostile_names_are_only_text() -> None:
    files = everything_bad()
    files[APP] = files[APP].replace(b"<profileName>Logic", b"<profileName>&lt;img&gt; [x](http://e) Logic")
    result = planned(files, integration(name=HOSTILE))
    page = all_files(result, Commands("plan"))["README.md"].decode()
    table = render_plan(result.plan, Terminal(), ())
    for text in (page, table):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<img" not in page.replace("\\<img", "")
    assert "](http" not in page.replace("\\](http", "")
    assert escaped("http://a `www.b` www.c`") == "http\\://a `www.b` www\\.c\\`"  # code links to nothing


@pytest.mark.parametrize("mark", list("\\`*_[]<>#!|~&"))
def test_no_mark_of_markdown_comes_through(mark: str) -> None:
    assert escaped(f"a{mark}b") == f"a\\{mark}b"


def test_a_text_stays_on_one_line() -> None:
    assert "\n" not in escaped("a\n# Head\n- item")


def test_every_value_of_a_long_list_is_in_the_page_folded() -> None:
    ranges = [f"192.0.2.{number}" for number in range(1, 255, 2)]
    result = planned(healthy(), integration(egress=addresses(*ranges)))
    page = all_files(result, Commands("plan"))["README.md"].decode()
    told = page.partition("## What changes")[2].partition("##")[0]
    assert "  - <details><summary>added: 127</summary>\n\n    All: 192.0.2.1, 192.0.2.3, " in told
    assert told.count("<details>") == told.count("    </details>\n") == 1
    assert "  - removed: 192.0.2.0-192.0.2.15\n" in told
    assert set(ranges) <= set(told.replace(",", "").split())


def test_hostile_names_in_a_long_list_end_no_fold_and_begin_no_list() -> None:
    names = [f"- {number} </details> <b> [x](http://e) `" for number in range(12)]
    listed = "".join(f"<profileName>{saxutils.escape(one)}</profileName>\n" for one in names).encode()
    files = everything_bad()
    files[APP] = files[APP].replace(b"<profileName>", listed + b"<profileName>", 1)
    page = all_files(planned(files), Commands("plan"))["README.md"].decode()
    assert "<details><summary>removed: 12</summary>\n\n    All: - " in page
    assert page.count("<details>") == page.count("\n    </details>\n") == 1
    for mark in ("</details>", "<b>", "](http"):
        assert page.count(mark) == page.count(f"\\{mark}") + (mark == "</details>")


def test_who_has_to_get_the_profile_is_never_cut() -> None:
    users = [f"svc{number}@acme.example" for number in range(30)]
    made = planned(
        healthy(), integration(profile="New", clone_from="Logic Apps Integration", users=tuple(users))
    )
    page = all_files(made, Commands("plan"))["README.md"].decode()
    assert set(users) <= set(page.replace(",", "").split())


def test_another_org_has_a_plan_of_its_own(bad: PlanResult) -> None:
    page = all_files(bad, Commands("my plan", integration="i.yaml"))["README.md"].decode()
    assert "Which org gets it is not known. For another org" in page
    assert "    sfharden plan --org YOUR_ORG -i i.yaml --from-plan 'my plan' -o 'my plan-there'\n" in page


def test_parts_that_are_empty_have_no_heading(bad: PlanResult) -> None:
    page = all_files(bad, Commands("plan"))["README.md"].decode()
    assert "## By hand" not in page
    assert "## Look at this first" in page
    assert "## Left out" in page


def test_what_has_nothing_to_do_is_said_among_the_steps() -> None:
    page = all_files(planned(healthy()), Commands("plan"))["README.md"].decode()
    assert page.count("(Nothing to do.)") == 3
    assert "rollback" not in page
