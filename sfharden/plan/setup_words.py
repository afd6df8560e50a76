"""Values of an app's policy in the words of Salesforce's Setup; what isn't known stays as it is written."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from sfharden.facts.apps import IpRelaxation
from sfharden.facts.values import fold_name
from sfharden.model.plan import PlannedChange

_APPROVED: Final = "Admin approved users are pre-authorized"
_ALL: Final = "All users may self-authorize"
_PERMITTED: Final = {
    "true": _APPROVED,
    "adminapprovedpreauthorized": _APPROVED,
    "false": _ALL,
    "allselfauthorized": _ALL,
}
_RELAXATION: Final = {
    "enforce": IpRelaxation.ENFORCE.value,
    "enforcerelaxrefresh": IpRelaxation.RELAX_REFRESH.value,
    "bypass2factor": IpRelaxation.RELAX_ACTIVATED.value,
    "bypass": IpRelaxation.RELAX.value,
}
_REFRESH: Final = {"infinite": "Valid until revoked", "zero": "Immediately expire refresh token"}
_SPAN: Final = re.compile(r"specific(inactivity|lifetime)[: ](\d{1,9})[: ](hour|day|month)s", re.ASCII)
_SPANS: Final = {"inactivity": "Expire if not used for", "lifetime": "Expire after"}


def before_and_after(change: PlannedChange) -> tuple[list[str], list[str]]:
    """The values of a change, to be read by a person."""
    say = _SAYERS.get(change.setting, str)
    return [say(text) for text in change.before], [say(text) for text in change.after]


def _refresh(text: str) -> str:
    found = _SPAN.fullmatch(fold_name(text))
    if not found:
        return _REFRESH.get(fold_name(text), text)
    form, number, unit = found.groups()
    return f"{_SPANS[form]} {number} {unit}{'' if number == '1' else 's'}"


def _chosen(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: table.get(fold_name(text), text)


_SAYERS: Final[Mapping[str, Callable[[str], str]]] = {
    "permitted users": _chosen(_PERMITTED),
    "IP relaxation": _chosen(_RELAXATION),
    "refresh token policy": _refresh,
}
