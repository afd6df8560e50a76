"""Metadata types: names and files, there and back."""

import pytest

from sfharden.emulator import kinds
from tests.orgs.sized import HARD_NAMES


@pytest.mark.parametrize("label", [*HARD_NAMES, "plain name", "tab\tbed", "~`^"])
def test_names_survive_encoding(label: str) -> None:
    assert kinds.decode_name(kinds.encode_name(label)) == label


def test_standard_profiles_have_their_own_names() -> None:
    assert kinds.decode_name("Admin") == "System Administrator"
