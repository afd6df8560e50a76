"""The table of metadata types: every kind is read, every file is known by its suffix, and no rule hides another."""

import pytest

from sfharden.model import kinds
from sfharden.sources.metadata_types import (
    BY_KIND,
    BY_SUFFIX,
    DROPPED_ELEMENTS,
    HASHED_ELEMENTS,
    KNOWN_SECTIONS,
    SECRET_ELEMENTS,
    SETTINGS_NAMES,
    SETTINGS_SUFFIX,
    TYPES,
    MetadataType,
)


def names_of(module: object) -> set[str]:
    return {value for value in vars(module).values() if isinstance(value, str) and value.isalpha()}


def test_every_kind_that_the_nouns_are_made_from_is_read() -> None:
    told = {name for name in names_of(kinds) if name[0].isupper()} - {kinds.__name__}
    assert set(BY_KIND) == told


def test_a_suffix_names_one_type_and_settings_share_theirs() -> None:
    own = [one for one in TYPES if one.suffix != SETTINGS_SUFFIX]
    assert len({one.suffix.lower() for one in own}) == len(own)
    assert BY_SUFFIX[".profile"] == kinds.PROFILE
    assert SETTINGS_SUFFIX not in BY_SUFFIX
    assert {one.kind for one in TYPES if one.suffix == SETTINGS_SUFFIX} == set(kinds.SETTINGS_KINDS)
    assert set(SETTINGS_NAMES.values()) == set(kinds.SETTINGS_KINDS)


@pytest.mark.parametrize("one", TYPES, ids=lambda one: str(one.kind))
def test_what_decides_a_verdict_is_kept_and_no_part_of_it_is_dropped(one: MetadataType) -> None:
    tops = {path.partition(".")[0] for path in one.lists}
    if one.kept is not None:
        assert one.decisive <= one.kept
        assert tops <= one.kept
        assert not one.kept & KNOWN_SECTIONS
    assert not one.decisive & (SECRET_ELEMENTS | HASHED_ELEMENTS | DROPPED_ELEMENTS)


def test_an_element_has_one_rule() -> None:
    assert not SECRET_ELEMENTS & HASHED_ELEMENTS
    assert not DROPPED_ELEMENTS & (SECRET_ELEMENTS | HASHED_ELEMENTS)
