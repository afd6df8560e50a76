"""The report of `sfharden egress` as a person sees it: narrow, safe, cut where it's long, and with its warnings."""

import re
from pathlib import Path

import pytest

from sfharden.text.wrapping import display_width
from tests.commands.test_egress import ENDPOINTS, tags
from tests.conftest import Run
from tests.sources.build import export, http_step, logic_app, salesforce_step


def test_an_old_file_and_a_global_tag_are_warned_of(run: Run, tmp_path: Path) -> None:
    old = export(
        tmp_path, tags(9, "203.0.113.9/32", name="AzureConnectors"), "ServiceTags_Public_20260801.json"
    )
    code, out, _ = run("egress", "--service-tags", old, "--tag", "azureconnectors")
    text = " ".join(out.split())
    assert code == 0
    assert "is 115 days old" in text
    assert "is global" in text


def test_the_table_fits_eighty_columns_whatever_the_names(run: Run, tmp_path: Path) -> None:
    name = "名前\x1b[2J\u202e" * 40
    app = logic_app(ENDPOINTS, **{name: salesforce_step(), "x" * 300: http_step("@variables('x')")})
    app["name"] = name
    newer = export(
        tmp_path, tags(10, "203.0.113.9/32", "203.0.113.90/32"), "ServiceTags_Public_20261123.json"
    )
    path = export(tmp_path, app, f"{'long-' * 30}.json")
    code, out, _ = run(
        "egress", "--logic-app", path, "--service-tags", newer, "--against", newer, "--fit", "2"
    )
    assert code == 4
    assert max(display_width(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("columns", [60, 70, 80])
def test_no_word_is_broken_however_narrow(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    newer = export(tmp_path, tags(10, "203.0.113.9/32"), "ServiceTags_Public_20261120.json")
    path = export(tmp_path, logic_app(ENDPOINTS, Create_record=salesforce_step()), "crm-sync.json")
    _, out, _ = run("egress", "--logic-app", path, "--service-tags", newer)
    assert max(map(display_width, out.splitlines())) <= columns
    for word in ("[ServiceTags_Public_20261120.json]", "[crm-sync.json]", "westeurope", "connector"):
        assert word in out
    assert re.search(r"change 10, age \d+ days|10 +\d+ days", out)
    monkeypatch.setenv("COLUMNS", "110")
    _, wide, _ = run("egress", "--logic-app", path, "--service-tags", newer)
    assert set(re.findall(r"\w+", out)) <= {*re.findall(r"\w+", wide), "change", "age"}


def test_long_lists_are_cut_and_counted_and_whole_as_ranges(run: Run, tmp_path: Path) -> None:
    prefixes = [f"203.0.{third}.{last}/32" for third in (113, 114) for last in range(0, 200, 2)]
    many = export(tmp_path, tags(1, *prefixes), "ServiceTags_Public_20261116.json")
    arguments = ("egress", "--service-tags", many, "--region", "westeurope")
    assert "and 140 more; -f ranges has them all." in run(*arguments)[1]
    lines = [line for line in run(*arguments, "-f", "ranges")[1].splitlines() if not line.startswith("#")]
    assert len(lines) == 200
