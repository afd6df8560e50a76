"""The app's Refresh Token IP Allowlist: new addresses first, old ones in a later plan; of a connected app by hand.

Metadata API: ExtlClntAppOauthSecuritySettings, a file of its own from API 67.0 on. No API has a connected app's list.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from sfharden.addresses import AddressError, AddressSet, format_address, interval, show_ranges, union
from sfharden.egress.allowlist_fit import AllowlistFit, fit_allowlist, fit_words, listed_for
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.token_allowlist import RANGES, SINCE, TOLERATED_SURPLUS, TokenAllowlist, token_allowlist
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.integration import Egress, Integration
from sfharden.model.snapshot import Component
from sfharden.plan import xml_edit
from sfharden.plan.draft import Draft, FileChange, file_beside
from sfharden.plan.xml_edit import Content
from sfharden.plan.xml_tree import Element
from sfharden.text.wording import ended

SETTING: Final = "refresh token IP allowlist"
LATER: Final = "old addresses of the refresh token IP allowlist"
LEAST_VERSION: Final = SINCE[True]
_CONTROL: Final = "app-token-allowlist"
_SWITCH: Final = "'Enforce Refresh Token IP Allowlist'"
_RANGES, _START, _END = RANGES
_BLANK: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<ExtlClntAppOauthSecuritySettings xmlns="http://soap.sforce.com/2006/04/metadata">
    <externalClientApplication>{app}</externalClientApplication>
    <label>{stem}</label>
</ExtlClntAppOauthSecuritySettings>
"""


def plan_allowlist(draft: Draft, facts: Index, app: App, integrations: Sequence[Integration]) -> None:
    """Plan the list of an external client app for all integrations that use it; of a connected app say what to do."""
    fit = fit_allowlist(_together(integrations))
    try:
        found = token_allowlist(facts, app)
    except CannotTell as reason:
        draft.manual.append(
            f"Whether the app '{app.name}' has a Refresh Token IP Allowlist can't be told: {ended(reason.reason)} "
            f"Look at it in {_manager(app)}. {_what_to_type(fit)}"
        )
        return
    if found.on is not None:
        if not found.on.value:
            draft.manual.append(
                f"Give the app '{app.name}' a Refresh Token IP Allowlist in {_manager(app)}: no metadata holds its "
                f"addresses. {_what_to_type(fit)} Switch {_SWITCH} on when they are in."
            )
        return
    _ListPlanner(draft, facts, app, fit, union(one.operator_ranges for one in integrations)).plan(found)


def _together(integrations: Sequence[Integration]) -> Egress:
    """The egress of all: the list binds whoever uses the app."""
    return Egress(
        addresses=union(one.egress.addresses for one in integrations),
        origins=tuple(origin for one in integrations for origin in one.egress.origins),
    )


def _manager(app: App) -> str:
    return "External Client App Manager, Edit Settings" if app.external else "App Manager, Edit"


def _what_to_type(fit: AllowlistFit) -> str:
    if fit.listed is None:
        return fit_words(fit)
    return f"{fit_words(fit)} The ranges: `sfharden egress -i FILE --fit-allowlist -f ranges`."


class _ListPlanner:
    """The edits of one external client app's list."""

    def __init__(self, draft: Draft, facts: Index, app: App, fit: AllowlistFit, operator: AddressSet) -> None:
        self._draft, self._facts, self._app, self._fit, self._operator = draft, facts, app, fit, operator
        self._parts = [part for part in app.parts if part.kind == kinds.EXTERNAL_OAUTH_SECURITY]

    def plan(self, found: TokenAllowlist) -> None:
        """New addresses first: old ones stay until nothing is missing."""
        if self._fit.listed is None or found.addresses is None:
            self._draft.manual.append(
                f"The Refresh Token IP Allowlist of '{self._app.name}' isn't planned. {fit_words(self._fit)}"
            )
            return
        listed, egress = found.addresses, self._fit.needed
        missing = egress - listed
        surplus = listed - (egress | self._operator)
        if missing and surplus.size > TOLERATED_SURPLUS:
            self._add(listed, surplus)
        elif missing or surplus.size > TOLERATED_SURPLUS:
            kept = listed & (egress | self._operator)
            wanted = listed_for(egress | kept)
            self._write(SETTING if missing else LATER, listed, wanted or self._fit.listed)
            self._say(missing, surplus)

    def _add(self, listed: AddressSet, surplus: AddressSet) -> None:
        """Old addresses may still be in use, so they go later."""
        both = listed_for(listed | self._fit.needed)
        if both is None:
            self._draft.manual.append(
                f"The Refresh Token IP Allowlist of '{self._app.name}' can't hold its old addresses beside the new ones: "
                f"take out those that no call comes from ({show_ranges(surplus)}) in {_manager(self._app)}, then plan again."
            )
            return
        self._write(SETTING, listed, both)
        self._draft.manual.append(
            f"The allowlist of '{self._app.name}' keeps {show_ranges(surplus)} for now: once no call comes from there, "
            "plan again, which takes them out."
        )
        self._say(self._fit.needed - listed, AddressSet())

    def _say(self, missing: AddressSet, surplus: AddressSet) -> None:
        name = self._app.name
        if missing:
            self._draft.notes.append(
                f"{fit_words(self._fit)} Whoever else redeems codes or refresh tokens of '{name}' from elsewhere is refused."
            )
            self._draft.manual.append(
                f"After the deployment look whether {_SWITCH} of '{name}' is on ({_manager(self._app)}): no metadata shows it."
            )
        if surplus:
            self._draft.notes.append(
                f"From {show_ranges(surplus)} codes and refresh tokens of '{name}' will be refused; deploy it when no "
                "call comes from there."
            )

    def _write(self, setting: str, listed: AddressSet, wanted: AddressSet) -> None:
        file = self._draft.open(self._parts[0]) if self._parts else self._new_file()
        entries: list[tuple[object, Content]] = [(ends, _entry(*ends)) for ends in wanted]
        self._draft.edit(
            file,
            setting,
            (listed.ranges(), wanted.ranges()),
            _CONTROL,
            lambda data, where: xml_edit.replace_list(data, _RANGES, entries, _ends, where),
        )

    def _new_file(self) -> FileChange:
        """Beside the app's other files, named as Salesforce names it."""
        stem = f"{self._app.name}_oauthSecurity"
        text = _BLANK.format(app=escape(self._app.name), stem=escape(stem))
        self._draft.undo.append(
            f"The Refresh Token IP Allowlist of '{self._app.name}' is new, and the rollback doesn't delete it: switch "
            f"{_SWITCH} off in {_manager(self._app)}."
        )
        return file_beside(
            self._draft.original(self._neighbour()), kinds.EXTERNAL_OAUTH_SECURITY, stem, text.encode()
        )

    def _neighbour(self) -> Component:
        return next(part for part in self._app.parts if part.kind == kinds.EXTERNAL_OAUTH_POLICY)


def _entry(start: int, end: int) -> Content:
    return ((_END, format_address(end)), (_START, format_address(start)))


def _ends(element: Element) -> object:
    """What tells two ranges apart; a broken one is like none that is wanted."""
    try:
        return interval(element.child(_START), element.child(_END))
    except AddressError:
        return None
