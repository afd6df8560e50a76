"""The session setting that has login ranges enforced on every request, not at login only."""

from typing import Final

from sfharden.facts import values as facts
from sfharden.facts.sessions import LOCK_LABEL, SERVER_SIDE, is_locked
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.planned import Judged
from sfharden.model.snapshot import Snapshot
from sfharden.plan import xml_edit
from sfharden.plan.draft import Draft

_PATH: Final = "sessionSettings.enforceIpRangesEveryRequest"
_WHAT: Final = "enforce login IP ranges on every request"
_LABEL: Final = "Enforce login IP ranges on every request"
_BY_HAND: Final = f"Look at Setup, Session Settings, '{_LABEL}'."


def plan_session(draft: Draft, snapshot: Snapshot, judged: Judged) -> None:
    """Plan the setting in the one Security.settings that was read; anything else is for a person."""
    if judged.accepts(["ip_ranges_every_request"]):
        return
    found = list(snapshot.of_kind(kinds.SECURITY))
    gaps = [gap for gap in snapshot.gaps if gap.kind == kinds.SECURITY]
    if len(found) + len(gaps) != 1 or gaps:
        several = f"{len(found) + len(gaps)} files were found" if found or gaps else "no file was read"
        reason = f"can't be read: {gaps[0].reason}" if gaps else several
        draft.conditions.append(f"Security.settings: {reason}, so '{_WHAT}' isn't planned. {_BY_HAND}")
        return
    component = found[0]
    before: tuple[str, ...] = ()
    try:
        fact = facts.boolean(component, _PATH)
        if fact.value:
            return
        before = (fact.text,)
    except CannotTell as reason:
        if any(value.text for value in component.values.get(_PATH, ())) or component.gaps:
            draft.conditions.append(f"'{_WHAT}' can't be planned: {reason.reason}. {_BY_HAND}")
            return
    draft.edit(
        draft.open(component), _WHAT, (before, ("true",)), "ip-enforced-on-every-request",
        lambda data, where: xml_edit.set_text(data, _PATH, "true", where),
    )  # fmt: skip
    draft.notes.append(
        f"'{_LABEL}' holds for every profile with login ranges, not for the integration's alone: "
        "people of other profiles who change their address in the middle of a session will be refused."
    )
    draft.notes.append(
        f"{SERVER_SIDE} Ask the owners of packages and of Apex first; no login shows such calls."
    )
    if not before:
        draft.undo.append(
            f"'{_WHAT}' was not in Security.settings: turn it off by hand in Setup, Session Settings."
        )


def warn_of_lock(draft: Draft, snapshot: Snapshot) -> None:
    """Say that sessions locked to their address break the connector; what can't be read is the control's to say."""
    if any(is_locked(one) for one in snapshot.of_kind(kinds.SECURITY)):
        draft.conditions.append(
            f"'{LOCK_LABEL}' is on. It breaks the Azure connector, which calls from many addresses with one session. "
            "This plan leaves it as it is: switch it off in Setup, Session Settings."
        )
