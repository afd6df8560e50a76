"""A list that is four times as long is four times the work, in whatever list of a file: counted in calls, not in time."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import load_policy
from sfharden.errors import InputError
from sfharden.sources.integration_file import load_integrations
from tests.orgs import served
from tests.orgs.constants import NOW
from tests.orgs.judging import shipped

SHORT: Final = 60
TIMES: Final = 4
_CONTROL: Final = "title: t, severity: low, rationale: r, remediation: m, check: setting, with: {}"
_ENTRY: Final = "profile: P, users: [u], egress: [{ranges: [192.0.2.1]}], operator_ranges: [198.51.100.7]"


def file(
    users: str = "u", egress: str = "{ranges: [192.0.2.0/28]}", operator: str = "198.51.100.7", more: str = ""
) -> str:
    return (
        "version: 1\nintegrations:\n  - name: crm-sync\n    app: Azure Logic Apps\n    profile: Logic Apps Integration\n"
        f"    users: [{users}]\n    egress: [{egress}]\n    operator_ranges: [{operator}]\n{more}"
    )


def joined(text: str, count: int, between: str = ", ") -> str:
    return between.join(text.replace("#", str(number)) for number in range(count))


def address(number: int) -> str:
    return f"10.{number >> 7}.{number % 128 * 2}.1"


LISTS: Final[dict[str, Callable[[int], str]]] = {
    "users": lambda count: file(users=joined("u#", count)),
    "users who are there": lambda count: file(users=joined('"auditor@acme.example"', count)),
    "ranges": lambda count: file(egress="{ranges: [" + ", ".join(map(address, range(count))) + "]}"),
    "egress": lambda count: file(egress=", ".join(f"{{ranges: [{address(one)}]}}" for one in range(count))),
    "operator ranges": lambda count: file(operator=", ".join(map(address, range(count)))),
    "waivers": lambda count: file(
        more="waivers:\n" + joined("  - {control: tokens-fresh, subject: s#, reason: r, owner: o, expires: 2027-01-01}", count, "\n")
    ),
    "integrations": lambda count: "version: 1\nintegrations:\n" + joined(f"  - {{name: c#, app: A#, {_ENTRY}}}", count, "\n"),
    "unknown keys": lambda count: file(more=joined("x#: 1", count, "\n")),
    "wrong users": lambda count: file(users=joined("#", count)),
    "wrong ranges": lambda count: file(operator=joined("x#", count)),
    "lists that are too short": lambda count: "version: 1\nintegrations:\n" + joined("  - {users: []}", count, "\n"),
    "a list of lists": lambda count: file(users=joined("[#]", count)),
    "a line for each": lambda count: file(more="waivers:\n" + joined("  - #", count, "\n")),
}  # fmt: skip


def calls(work: Callable[[], object]) -> int:
    """How many functions were called."""
    count = 0

    def tell(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tell)
    try:
        with suppress(InputError):
            work()
    finally:
        sys.setprofile(before)
    return count


def read_and_judge(path: Path) -> None:
    integrations, waivers = load_integrations(path)
    evaluate(served.healthy(), shipped(), integrations, waivers, NOW, "0")


def work_for(folder: Path, text: str, use: Callable[[Path], object]) -> int:
    path = folder / "long.yaml"
    path.write_text(text, "utf-8")
    return calls(lambda: use(path))


@pytest.mark.parametrize("name", LISTS)
def test_an_integration_file(tmp_path: Path, name: str) -> None:
    make = LISTS[name]
    served.healthy(), shipped(), work_for(tmp_path, make(1), read_and_judge)  # what is kept from then on
    short = 4 if name == "integrations" else SHORT  # each is judged by every control
    few, many = (work_for(tmp_path, make(size), read_and_judge) for size in (short, TIMES * short))
    assert few < many < (TIMES + 1) * few


def test_a_policy(tmp_path: Path) -> None:
    head = "name: a\ntitle: b\nsource: c\ncontrols:\n"
    texts = [head + joined(f"  - {{id: c-#, {_CONTROL}}}", size, "\n") for size in (1, SHORT, TIMES * SHORT)]
    _, few, many = (work_for(tmp_path, text, lambda path: load_policy(str(path))) for text in texts)
    assert few < many < (TIMES + 1) * few
