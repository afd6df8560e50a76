"""Which triggers can be called from outside."""

from typing import Any

import pytest

from sfharden.azure.triggers import triggers_of
from sfharden.facts.values import CannotTell


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("Request", "requests"),
        ("REQUEST", "requests"),
        ("HttpWebhook", "webhooks"),
        ("ApiConnectionWebhook", "webhooks"),
        ("Recurrence", "uncalled"),
        ("ApiConnection", "uncalled"),
        ("Http", "uncalled"),
        ("SomethingNew", "others"),
        (None, "others"),
    ],
)
def test_a_trigger_by_its_type(kind: Any, where: str) -> None:
    assert getattr(triggers_of({"t": {"type": kind}}), where) == ("t",)


@pytest.mark.parametrize("wrong", [None, [], "@{x}"])
def test_triggers_that_are_no_object_cannot_be_told(wrong: Any) -> None:
    with pytest.raises(CannotTell):
        triggers_of(wrong)


def test_those_of_several_workflows_are_added() -> None:
    both = triggers_of({"a": {"type": "Request"}}) | triggers_of({"b": {"type": "HttpWebhook"}, "c": 5})
    assert both.callable == ("a", "b")
    assert both.others == ("c",)
