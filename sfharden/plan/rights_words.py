"""What users lose by the steps by hand, in sentences that `plan`, its README.md and `simulate` share."""

from collections.abc import Iterator, Sequence
from typing import Final

from sfharden.model.plan import LostRights
from sfharden.plan.ordinary_rights import ADMINISTRATIVE, label_of
from sfharden.text.wording import show_names

_A_LINE: Final = 25  # rights in one sentence


def sentences(one: LostRights, most: int = 0, rest: str = "all in -f json") -> Iterator[str]:
    """What is lost, what is offered for it, what never is, and what was not read.

    Where `most` is given, so many rights of each, and `rest` says where all are.
    """

    def listed(what: str, rights: Sequence[str]) -> Iterator[str]:
        return _listed(what, rights, most, rest)

    if one.rights:
        yield from listed(_lost(one), one.rights)
    if one.permission_set:
        yield from listed(f"Offered by the permission set {one.permission_set}", one.offered)
    mighty = [name for name in one.left_out if name in ADMINISTRATIVE]
    yield from listed("Never offered, since it administers the org", mighty)
    others = [name for name in one.left_out if name not in ADMINISTRATIVE]
    yield from listed("Not offered, since it's no plain right on data or the API", others)
    if one.profiles:
        yield "Not compared: Apex classes, custom permissions, record types, tabs."
    yield from (f"Not read: {gap}" for gap in one.gaps)


def _lost(one: LostRights) -> str:
    who = show_names(one.users)
    if not one.profiles:
        return f"{who} has the profile '{one.profile}' and lacks"
    old = show_names(f"'{name}'" for name in one.profiles)
    return f"{who} holds by {old} what '{one.profile}' doesn't grant"


def _listed(what: str, rights: Sequence[str], most: int, rest: str) -> Iterator[str]:
    """All of them, in as many sentences as it takes; folded only where somebody reads a screen."""
    shown = rights[:most] if most else rights
    more = f" and {len(rights) - len(shown)} more ({rest})" if len(rights) > len(shown) else ""
    for start in range(0, len(shown), _A_LINE):
        end = more if start + _A_LINE >= len(shown) else ""
        yield f"{what}: {'; '.join(map(label_of, shown[start : start + _A_LINE]))}{end}."
