"""The bill of materials: valid by the published schema, whole, and the same bytes for the same release."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT7

from tools.lock import Pin, lock_path, pins
from tools.sbom import sbom

SCHEMAS = Path(__file__).parent / "cyclonedx"
WHEEL = {"sfharden-1.0-py3-none-any.whl": "ab" * 32}
LOCKED = pins(lock_path("run").read_text("utf-8"))


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def bill() -> Any:
    return json.loads(sbom("1.0", 1_790_000_000, LOCKED, WHEEL))


def test_it_is_valid(bill: Any) -> None:
    names = ("spdx", "jsf-0.82")
    registry: Registry[Any] = Registry().with_resources(
        (f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", DRAFT7.create_resource(schema(name)))
        for name in names
    )
    judge = Draft7Validator(schema("bom-1.6"), registry=registry, format_checker=FormatChecker())
    assert [error.message for error in judge.iter_errors(bill)] == []
    bill_with_a_typo = bill | {"component": []}
    assert not judge.is_valid(bill_with_a_typo)


def test_it_lists_each_pin_and_each_file(bill: Any) -> None:
    listed = {(one["name"], one["version"]) for one in bill["components"]}
    assert listed == {(pin.name, pin.version) for pin in LOCKED}
    (file,) = bill["metadata"]["component"]["components"]
    assert (file["name"], file["hashes"][0]["content"]) == next(iter(WHEEL.items()))


def test_it_tells_who_asks_for_whom(bill: Any) -> None:
    graph = {one["ref"].partition("@")[0]: one["dependsOn"] for one in bill["dependencies"]}
    assert any(ref.startswith("pkg:pypi/pydantic@") for ref in graph["pkg:pypi/sfharden"])
    assert [ref.partition("@")[0] for ref in graph["pkg:pypi/cffi"]] == ["pkg:pypi/pycparser"]
    reached = {ref for refs in graph.values() for ref in refs}
    assert reached == {one["bom-ref"] for one in bill["components"]}


def test_the_same_release_is_the_same_bytes_and_another_has_another_number() -> None:
    first = sbom("1.0", 0, LOCKED, WHEEL)
    assert first == sbom("1.0", 0, reversed(LOCKED), WHEEL)
    others = (sbom("1.1", 0, LOCKED, WHEEL), sbom("1.0", 1, LOCKED, WHEEL), sbom("1.0", 0, LOCKED, {}))
    numbers = {json.loads(one)["serialNumber"] for one in (first, *others)}
    assert len(numbers) == 4


def test_what_only_some_systems_install_says_so() -> None:
    marker = "sys_platform == 'win32'"
    (one,) = json.loads(sbom("1.0", 0, [Pin("colorama", "0.4.6", marker, ("00",), ("sfharden",))], {}))[
        "components"
    ]
    assert one["properties"] == [{"name": "sfharden:only-where", "value": marker}]
