"""What is offered, and what never is."""

from sfharden.plan.ordinary_rights import (
    ADMINISTRATIVE,
    OBJECT_ELEMENTS,
    in_order,
    is_offered,
    label_of,
    object_text,
)
from tests.orgs.judging import control


def test_nothing_administrative_is_offered() -> None:
    assert not any(map(is_offered, ADMINISTRATIVE))
    forbidden = control("integration-profile-least-privilege").with_["forbidden"]
    assert set(forbidden) <= ADMINISTRATIVE
    assert not {"ViewAllRecords", "ModifyAllRecords"} & set(OBJECT_ELEMENTS)


def test_api_enabled_comes_first_and_what_is_offered_before_the_rest() -> None:
    rights = frozenset({"AuthorApex", "EditTask", "ApiEnabled", "Zebra"})
    assert in_order(rights) == ("ApiEnabled", "EditTask", "AuthorApex", "Zebra")


def test_rights_in_the_words_of_setup() -> None:
    assert (label_of("ApiEnabled"), label_of("Zebra")) == ("API Enabled", "Zebra")
    assert (
        object_text("Account", frozenset({"Edit", "Read", "ViewAllRecords"}))
        == "Account (Read, Edit, ViewAllRecords)"
    )
