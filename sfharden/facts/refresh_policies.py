"""How long refresh tokens live, as either kind of app writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sfharden.facts.values import CannotTell, Fact, fold_name

_HOURS: Final = {"hours": 1, "days": 24, "months": 24 * 31}


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """How long refresh tokens live: `hours` is None for ever, 0 for not at all.

    `from_last_use` is True when the time counts from the last use.
    """

    hours: int | None
    from_last_use: bool = False


def connected_policy(fact: Fact[str]) -> RefreshPolicy:
    """`infinite`, `zero`, `specific_lifetime:<n>:<unit>` or `specific_inactivity:<n>:<unit>`."""
    word, *rest = fact.value.strip().lower().split(":")
    if word in ("infinite", "zero") and not rest:
        return RefreshPolicy(None if word == "infinite" else 0)
    if word in ("specific_lifetime", "specific_inactivity") and len(rest) == 2:
        return RefreshPolicy(_hours(rest[0], rest[1], fact.where), word == "specific_inactivity")
    raise CannotTell(f"the refresh token policy is one sfharden doesn't know: {fact.text}", fact.where)


def external_policy(read: Callable[[str], Fact[str]]) -> Fact[RefreshPolicy]:
    """A form, and with two of them a number and a unit, each an element of its own that `read` gives."""
    form = read("refreshTokenPolicyType")
    word = fold_name(form.value)
    if word in ("infinite", "zero"):
        return Fact(RefreshPolicy(None if word == "infinite" else 0), form.text, form.where)
    if word not in ("specificlifetime", "specificinactivity"):
        raise CannotTell(f"the refresh token policy is one sfharden doesn't know: {form.text}", form.where)
    number, unit = read("refreshTokenValidityPeriod"), read("refreshTokenValidityUnit")
    hours = _hours(number.text, unit.text, number.where)
    text = f"{form.text} {number.text} {unit.text}"
    return Fact(RefreshPolicy(hours, word == "specificinactivity"), text, form.where)


def _hours(number: str, unit: str, where: str) -> int:
    hours = _HOURS.get(unit.strip().lower())
    if hours is None or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise CannotTell(f"the refresh token lifetime can't be read: {number} {unit}", where)
    return int(number) * hours
