"""Which app a token or a login belongs to: the one answer of every command.

A token leads to its app's record only where the org manages the app (Object Reference, OauthToken, AppMenuItem); a
login names its app by the label alone. Labels aren't unique, and anybody may copy one. So a name makes a token
suspicious, and never clears it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from sfharden.facts.apps import App
from sfharden.facts.directory import APP_IDS, Directory
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import AppRow, Token
from sfharden.text.names import normalise


class Tie(Enum):
    """How a token or a login hangs together with an app."""

    RECORD = "it leads to the app's record, which nobody can copy"
    NAME = "it goes by the app's name, and nothing shows that it's that app"
    NONE = "it is of another app"


@dataclass(frozen=True, slots=True)
class AppMarks:
    """What tells an app: the ids of its records, 15 characters each, and its names in a form to compare."""

    ids: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str]) -> "AppMarks":
        """From ids of either length, and names as written; an empty one tells nothing."""
        folded = (normalise(name) for name in names)
        return cls(frozenset(one[:15] for one in ids if one), frozenset(one for one in folded if one))

    def tie(self, label: str, app_id: str = "") -> Tie:
        """How something of that label, and that app's record where it has one, hangs together with this app."""
        if app_id[:15] in self.ids:
            return Tie.RECORD
        return Tie.NAME if normalise(label) in self.names else Tie.NONE

    def token(self, token: Token) -> Tie:
        """How a token hangs together with this app."""
        return self.tie(token.app_label, token.app_id)


def marks_of(app: App, records: Iterable[AppRow] = ()) -> AppMarks:
    """What tells an app, by its metadata and these records of it."""
    rows = tuple(records)
    labels = (name for row in rows for name in (row.label, row.api_name))
    return AppMarks.of((row.id for row in rows), (app.name, *app.labels, *labels))


def records_of(directory: Directory, app: App) -> tuple[AppRow, ...]:
    """The records that may be the app's, as far as they were read: of its API name, and its kind."""
    if app.record:
        return (app.record,)
    rows = directory.known_apps
    return tuple(one for one in rows if one.api_name == app.name and one.external is app.external)


def goes_by(app: App, label: str) -> bool:
    """True if a label, such as a login's application, is a name of the app."""
    return marks_of(app).tie(label) is not Tie.NONE


def tokens_of(directory: Directory, marks: AppMarks, *, external: bool) -> Rows[Token]:
    """The tokens of an app; lest one be missed, also those that merely go by its name.

    `external`: it is, or may be, an external client app. Only those have tokens in the OAuth usage resource
    (Connect REST API Guide), so for others nothing is missing without it.
    """
    own, usage = directory.token_tables
    rows = (*own.rows, *usage.rows)
    found = tuple(one for one in rows if marks.token(one) is not Tie.NONE)
    gap = own.gap or (usage.gap if external else "")
    return Rows(found, gap or _gap_of_links(directory, (one for one in rows if marks.token(one) is Tie.NONE)))


def _gap_of_links(directory: Directory, others: Iterable[Token]) -> str:
    """Why a token of another name may still be the app's: its menu item, which leads to its app, was not read."""
    gap = directory.menu_items.gap
    astray = any(one.app_id and not one.app_id.startswith(APP_IDS) for one in others) if gap else False
    return f"which app some tokens are of can't be told: {gap}" if astray else ""


def managed_by(directory: Directory) -> Callable[[Token], bool | None]:
    """Tells of a token whether the org manages its app: yes, no, or None where that can't be told."""
    known = {one.id[:15] for one in directory.known_apps}
    try:
        require_links(directory)
        unlinked: bool | None = False
    except CannotTell:
        unlinked = None
    return lambda token: True if token.app_id[:15] in known else None if token.app_id else unlinked


def require_links(directory: Directory) -> None:
    """Raise CannotTell unless a token without an app is known to have none.

    That takes all apps, and the resource that links tokens to external client apps.
    """
    directory.apps.require_whole()
    if directory.external_apps_gap:
        raise CannotTell(f"external client apps were not read completely: {directory.external_apps_gap}")
    directory.rows(directory.tables.external_tokens, org.EXTERNAL_TOKENS).require_whole()
