"""Made-up ids and moments."""

import re
import uuid

from sfharden.emulator.azure.naming import guid, stamp
from tests.emulator.azure.kit import NOW


def test_a_guid_depends_on_its_parts_alone() -> None:
    assert guid("a", 1) == guid("a", 1) != guid("a1")
    assert str(uuid.UUID(guid("x"))) == guid("x")


def test_moments_have_seven_digits_of_a_second_and_a_z() -> None:
    assert re.fullmatch(r"2026-11-24T12:00:00\.\d{7}Z", stamp(NOW))
