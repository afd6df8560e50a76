"""`sfharden egress` through its entry point: every way to give addresses, every format, every exit code."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from tests.conftest import Run
from tests.sources.build import connection, export, http_step, logic_app, salesforce_step

ENDPOINTS = {
    "connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "203.0.113.9"}]},
    "workflow": {"outgoingIpAddresses": [{"address": "198.51.100.10"}]},
}


def tags(number: int, *prefixes: str, name: str = "AzureConnectors.WestEurope") -> dict[str, Any]:
    entry = {"name": name, "properties": {"changeNumber": number, "addressPrefixes": list(prefixes)}}
    return {"changeNumber": 400, "cloud": "Public", "values": [entry]}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return export(tmp_path, logic_app(ENDPOINTS))


@pytest.fixture
def today(tmp_path: Path) -> Path:
    return export(tmp_path, tags(9, "203.0.113.9/32", "203.0.113.64/30"), "ServiceTags_Public_20261116.json")


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    content = tags(10, "203.0.113.9/32", "203.0.113.66/31", "203.0.113.90/32")
    return export(tmp_path, content, "ServiceTags_Public_20261123.json")


@pytest.fixture
def integration(tmp_path: Path, app: Path, today: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(
        "version: 1\nintegrations:\n  - name: crm-sync\n    app: A\n    profile: P\n    users: [u]\n"
        f"    egress:\n      - logic_app: {app.name}\n      - {{service_tags: {today.name}, "
        "tag: AzureConnectors.WestEurope}\n    operator_ranges: [198.51.100.7]\n",
        "utf-8",
    )
    return path


def part(out: str) -> dict[str, Any]:
    (only,) = json.loads(out)["parts"]
    assert isinstance(only, dict)
    return only


# Exit 0 -------------------------------------------------------------------------------------------


def test_a_logic_app_alone_gives_the_connectors_list(run: Run, app: Path) -> None:
    code, out, err = run("egress", "--logic-app", app)
    assert (code, err) == (0, "")
    assert "2 in 1 range" in out
    assert "203.0.113.8  203.0.113.9" in out
    assert "Query (managed connector) calls from the connector outgoing" in out
    assert out.index("COUNTED") < out.index("NOT COUNTED") < out.index("workflow outgoing")
    assert "admin-approved" in out


def test_with_service_tags_the_region_is_the_logic_app_s(run: Run, app: Path, today: Path) -> None:
    code, out, _ = run("egress", "--logic-app", app, "--service-tags", today, "-f", "json")
    only = part(out)
    assert code == 0
    assert AddressSet.of(only["ranges"]) == AddressSet.of(["203.0.113.8/31", "203.0.113.64/30"])
    (between,) = only["disagreements"]
    assert (between["only_in_list"], between["only_in_tag"]) == (
        ["203.0.113.8"],
        ["203.0.113.64-203.0.113.67"],
    )
    assert [(one["name"], one["change_number"], one["age_days"]) for one in only["lists"]] == [
        ("sync", None, None),
        ("AzureConnectors.WestEurope", 9, 8),
    ]


def test_http_steps_are_joined_with_the_runtime_s_tag(run: Run, tmp_path: Path) -> None:
    step = http_step("https://acme.my.salesforce.com/x")
    app = export(tmp_path, logic_app(ENDPOINTS, Post=step), "http.json")
    runtime = export(
        tmp_path, tags(3, "198.51.100.0/30", name="LogicApps.WestEurope"), "ServiceTags_Public_20261116.json"
    )
    code, out, _ = run("egress", "--logic-app", app, "--service-tags", runtime, "-f", "json")
    assert code == 0
    assert part(out)["ranges"] == ["198.51.100.0-198.51.100.3", "198.51.100.10"]


@pytest.mark.parametrize("region", ["westeurope", "West Europe", "WESTEUROPE"])
def test_a_region_needs_no_logic_app(run: Run, today: Path, region: str) -> None:
    code, out, _ = run("egress", "--service-tags", today, "--region", region, "-f", "json")
    assert code == 0
    assert part(out)["addresses"] == 5


def test_the_integration_file_goes_through_the_same_readers(run: Run, integration: Path) -> None:
    code, out, _ = run("egress", "-i", integration, "-f", "json")
    only = part(out)
    assert code == 0
    assert (only["name"], only["addresses"], only["operator_ranges"]) == ("crm-sync", 6, ["198.51.100.7"])


def test_ranges_are_ready_to_type_and_hold_the_operator_s_way_in(
    run: Run, integration: Path, app: Path
) -> None:
    code, out, _ = run("egress", "-i", integration, "-f", "ranges", "--fit", "2")
    assert code == 0
    lines = [line for line in out.splitlines() if not line.startswith("#")]
    assert lines == ["198.51.100.7-198.51.100.7", "203.0.113.8-203.0.113.67"]
    assert "54 extra addresses" in out
    assert "you lock yourself out" in run("egress", "--logic-app", app, "-f", "ranges")[1]


@pytest.mark.parametrize("format_", ["table", "json", "ranges"])
def test_ranges_that_admit_too_many_strangers_come_first_and_end_in_4(
    run: Run, tmp_path: Path, format_: str
) -> None:
    file = export(tmp_path, tags(9, "203.0.113.9/32", "198.18.0.1/32"), "ServiceTags_Public_20261116.json")
    asked = ("egress", "--service-tags", file, "--region", "westeurope", "-f", format_)
    assert run(*asked)[0] == 0
    assert run(*asked, "--fit", "2")[0] == 0
    code, out, _ = run(*asked, "--fit", "1")
    assert code == 4
    text = " ".join(out.split())
    assert "that nobody here calls from" in text
    if format_ == "json":
        assert not any("calls from" in one for one in part(out)["warnings"])
        assert len(part(out)["conditions"]) == 1
    else:
        assert text.casefold().index("look at this first") < text.index("203.0.113.9")


def test_a_newer_file_says_what_to_do_before_and_after(run: Run, integration: Path, newer: Path) -> None:
    code, out, _ = run("egress", "-i", integration, "--against", newer)
    assert code == 0
    text = " ".join(out.split())
    assert (
        "(change 9 to 10): added 203.0.113.90; removed 203.0.113.64-203.0.113.65; still the same 3 addresses"
        in text
    )
    before, after = out.index("ADD NOW"), out.index("MAY GO")
    assert "203.0.113.90" in out[before:after]
    assert "203.0.113.64-203.0.113.65" in out[after:]
    plain = run("egress", "-i", integration, "--against", newer, "-f", "ranges")[1]
    assert "203.0.113.64-203.0.113.67" in plain
    assert "203.0.113.90-203.0.113.90" in plain


def test_the_same_file_changes_nothing(run: Run, integration: Path, today: Path) -> None:
    code, out, _ = run("egress", "-i", integration, "--against", today)
    assert code == 0
    assert "Nothing to do" in out


def test_a_logic_app_alone_is_compared_by_its_list(run: Run, app: Path, newer: Path) -> None:
    code, out, _ = run("egress", "--logic-app", app, "--against", newer, "-f", "json")
    assert code == 0
    against = part(out)["against"]
    assert against["changes"][0]["compared_with"] == "connector"
    assert against["add"] == ["203.0.113.66-203.0.113.67", "203.0.113.90"]
    assert against["drop"] == []


def test_output_goes_to_a_private_file(run: Run, app: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert run("egress", "--logic-app", app, "-f", "json", "-o", target) == (0, "", f"Wrote {target}.\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert json.loads(target.read_text("utf-8"))["schema"] == "sfharden.egress/1"


@pytest.mark.parametrize("format_", ["table", "json", "ranges"])
def test_the_same_input_gives_the_same_bytes(run: Run, integration: Path, newer: Path, format_: str) -> None:
    arguments = ("egress", "-i", integration, "--against", newer, "--fit", "3", "-f", format_)
    assert run(*arguments) == run(*arguments)


def test_the_json_report_is_what_its_schema_says(run: Run, integration: Path, newer: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "egress-1.json").read_text("utf-8"))
    _, out, _ = run("egress", "-i", integration, "--against", newer, "-f", "json")
    jsonschema.validate(json.loads(out), schema)


# Warnings -----------------------------------------------------------------------------------------


def test_check_shows_the_warnings_of_egress_and_its_gaps(run: Run, integration: Path, today: Path) -> None:
    renamed = today.rename(today.with_name("tags.json"))
    integration.write_text(integration.read_text("utf-8").replace(today.name, renamed.name), "utf-8")
    _, out, _ = run("check", "--demo", "-i", integration, "-f", "json")
    assert any(
        "Egress of crm-sync: tags.json: its age is not known" in one for one in json.loads(out)["warnings"]
    )
    renamed.unlink()
    _, out, _ = run("check", "--demo", "-i", integration, "-f", "json")
    assert any(one["what"] == "egress of crm-sync: tags.json" for one in json.loads(out)["gaps"])


# Exit 4 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"resources": [logic_app(None)]}, "lists no connector outgoing addresses"),
        (logic_app(ENDPOINTS, Post=http_step("@variables('url')")), "may call Salesforce"),
        (logic_app(ENDPOINTS, Wait={"type": "Wait"}), "no step in it calls Salesforce"),
        ({**logic_app(), "properties": {"endpointsConfiguration": ENDPOINTS}}, "holds no definition"),
    ],
)
@pytest.mark.parametrize("format_", ["table", "json", "ranges"])
def test_what_is_not_known_is_said_and_is_four(
    run: Run, tmp_path: Path, document: Any, words: str, format_: str
) -> None:
    code, out, _ = run("egress", "--logic-app", export(tmp_path, document), "-f", format_)
    assert code == 4
    assert words in " ".join(out.split())


def test_a_region_that_the_file_lacks_is_four_when_the_logic_app_asks_for_it(
    run: Run, tmp_path: Path, today: Path
) -> None:
    app = logic_app(ENDPOINTS, location="northeurope")
    app["properties"]["parameters"]["$connections"]["value"]["salesforce"] = connection(region="northeurope")
    code, out, _ = run("egress", "--logic-app", export(tmp_path, app), "--service-tags", today)
    assert code == 4
    assert "has no tag AzureConnectors.northeurope" in " ".join(out.split())


def test_a_region_nobody_names_is_four_and_given_it_is_taken(run: Run, tmp_path: Path, today: Path) -> None:
    path = export(tmp_path, {"definition": {"actions": {"Query": salesforce_step()}}})
    code, out, _ = run("egress", "--logic-app", path, "--service-tags", today)
    assert code == 4
    assert "give --region" in " ".join(out.split())
    code, out, _ = run("egress", "--logic-app", path, "--service-tags", today, "--region", "westeurope")
    assert code == 0
    assert "the region is as given" in " ".join(out.split())


def test_a_tag_gone_from_the_newer_file_is_four(run: Run, today: Path, tmp_path: Path) -> None:
    newer = export(
        tmp_path, tags(1, "192.0.2.1/32", name="AzureConnectors.WestUS"), "ServiceTags_Public_20261123.json"
    )
    code, out, _ = run("egress", "--service-tags", today, "--region", "westeurope", "--against", newer)
    assert code == 4
    assert "MAY GO" not in out


# Exit 2 and 3 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give a source of egress"),
        (["--service-tags", "{today}"], "Give the region or the tag"),
        (["--logic-app", "{app}", "--region", "westeurope"], "need --service-tags"),
        (["--logic-app", "{app}", "-i", "{integration}"], "names its own sources"),
        (["--logic-app", "/nowhere.json"], "there is no Logic App export"),
        (["--logic-app", "{today}"], "holds no Logic App"),
        (["--service-tags", "{app}", "--region", "westeurope"], "is not a service tag file"),
        (
            ["--service-tags", "{today}", "--region", "westeurop"],
            "Did you mean 'AzureConnectors.WestEurope'?",
        ),
        (["--service-tags", "{today}", "--region", "westeurope", "--fit", "0"], "--fit"),
        (["--service-tags", "{newer}", "--region", "westeurope", "--against", "{today}"], "is older"),
        (["--logic-app", "{app}", "--against", "{app}"], "is not a service tag file"),
        (["-i", "/nowhere.yaml"], "no integration file"),
        (["--logic-app", "{app}", "-f", "xml"], "xml"),
    ],
)
def test_wrong_usage_and_files_are_two_with_one_line_and_a_hint(
    run: Run, app: Path, today: Path, newer: Path, integration: Path, arguments: list[str], words: str
) -> None:
    given = [one.format(app=app, today=today, newer=newer, integration=integration) for one in arguments]
    code, out, err = run("egress", *given)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) <= 2


def test_a_report_that_can_not_be_written_is_three(run: Run, app: Path, tmp_path: Path) -> None:
    code, _, err = run("egress", "--logic-app", app, "-o", tmp_path / "no" / "such" / "folder")
    assert code == 3
    assert "can't be written" in err


def test_an_allowlist_that_holds_the_egress_is_ready_to_type_and_one_that_cannot_ends_in_4(
    run: Run, tmp_path: Path
) -> None:
    def tags(*prefixes: str) -> Path:
        entry = {"name": "AzureConnectors.WestEurope", "properties": {"addressPrefixes": list(prefixes)}}
        path = tmp_path / "ServiceTags_Public_20261102.json"
        path.write_text(json.dumps({"values": [entry]}), "utf-8")
        return path

    given = ("--region", "westeurope", "--fit-allowlist")
    code, out, _ = run("egress", "--service-tags", tags("20.1.2.0/28", "20.1.3.4/32"), *given, "-f", "ranges")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith("#")] == [
        "20.1.2.0-20.1.2.15",
        "20.1.3.4-20.1.3.4",
    ]
    wide = tags("20.1.2.0/24", "2603:1020::/120")
    code, out, _ = run("egress", "--service-tags", wide, *given)
    assert code == 4
    assert "LOOK AT THIS FIRST" in out
    assert "IPv4 only, if it never calls by IPv6: 256 addresses in 1 range" in out
    code, out, _ = run("egress", "--service-tags", wide, *given, "-f", "json")
    (part,) = json.loads(out)["parts"]
    assert (code, part["allowlist"]["fits"], part["allowlist"]["ranges"]) == (4, False, [])
    assert part["allowlist"]["ways"][0]["ranges"] == ["20.1.2.0-20.1.2.255"]
