"""What one word of a list means, and what is like an address."""

import pytest

from sfharden.addresses import AddressError, parse_range
from sfharden.sources.indicator_words import is_like, range_of, refanged, stripped


@pytest.mark.parametrize(
    "word", ["198[.]51[.]100[.]7", "198(dot)51(dot)100(dot)7", "\u200b198.51.100.7", r"198\.51\.100\.7"]
)
def test_a_defanged_word_is_the_address_it_was(word: str) -> None:
    assert refanged(word) == "198.51.100.7"


@pytest.mark.parametrize("word", ["ip:198.51.100.7", "(198.51.100.7)", "**198.51.100.7**", "198.51.100.7."])
def test_signs_and_a_label_around_a_word_are_none_of_it(word: str) -> None:
    assert stripped(word) == "198.51.100.7"


@pytest.mark.parametrize("word", ["198.51.100.999", "198.51.100.0/33", "fe80::1%eth0", "198.51.100.20-7"])
def test_what_is_like_an_address_and_is_none_has_no_range(word: str) -> None:
    assert is_like(word)
    with pytest.raises(AddressError):
        range_of(word)


def test_a_mask_is_a_network_and_a_time_is_nothing() -> None:
    assert range_of("198.51.100.9/255.255.255.0") == parse_range("198.51.100.0/24")
    assert not is_like("12:00:00")
