"""What a plan is told of the controls that it can mend: how each came out, and what their policies tolerate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model.results import Status, Waived

# What the shipped policies ask, where none was given.
SURPLUS_ADDRESSES: Final = 256
REFRESH_DAYS: Final = 90
ALLOWED_PROFILES: Final = ("System Administrator",)


@dataclass(frozen=True, slots=True)
class ControlStanding:
    """How one control came out for one subject. `integration` is empty for a control of the whole org."""

    check: str
    control: str
    integration: str
    subject: str
    status: Status
    message: str
    waived: Waived | None = None

    @property
    def is_accepted(self) -> bool:
        """True if nobody wants it otherwise: it passes, or somebody answers for it."""
        return self.status in (Status.PASS, Status.NOT_APPLICABLE) or self.waived is not None

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same of it from one judgement to the next."""
        return self.control, self.integration, self.subject

    @property
    def is_left(self) -> bool:
        """True if it doesn't pass, and somebody answers for that."""
        return self.waived is not None


@dataclass(frozen=True, slots=True)
class Judged:
    """The standings, and the tightest of what the policies tolerate. With no standing nothing is known of any control."""

    standings: tuple[ControlStanding, ...] = ()
    surplus_addresses: int = SURPLUS_ADDRESSES
    refresh_days: int = REFRESH_DAYS
    allowed_profiles: tuple[str, ...] = ALLOWED_PROFILES

    def of(self, check: str, integrations: Iterable[str] = ("",)) -> tuple[ControlStanding, ...]:
        """How a check came out for these integrations, or for the org."""
        names = set(integrations)
        return tuple(one for one in self.standings if one.check == check and one.integration in names)

    def accepts(self, checks: Iterable[str], integrations: Iterable[str] = ("",)) -> bool:
        """Whether all of these checks were judged for each of the integrations, and each came out as accepted."""
        names = tuple(integrations)
        return all(self._accepts(check, name) for check in checks for name in names)

    def _accepts(self, check: str, name: str) -> bool:
        found = self.of(check, [name])
        return bool(found) and all(one.is_accepted for one in found)

    def leaves(self, check: str, integrations: Iterable[str] = ("",)) -> bool:
        """Whether a check is accepted, though it doesn't pass everywhere."""
        names = tuple(integrations)
        return self.accepts([check], names) and any(one.is_left for one in self.of(check, names))

    def open_unknowns(self) -> Iterator[ControlStanding]:
        """What can't be told, and nobody accepts that."""
        return (one for one in self.standings if one.status is Status.UNKNOWN and one.waived is None)

    def findings(self) -> Iterator[ControlStanding]:
        """What fails, and nobody answers for."""
        return (one for one in self.standings if one.status is Status.FAIL and one.waived is None)
