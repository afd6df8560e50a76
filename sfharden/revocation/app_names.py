"""Which app a token belongs to, by the name that a person gave.

A token carries its app's label, and leads to the app's record only where the org manages the app (Object
Reference, OauthToken, AppMenuItem). Labels are not unique, and an attacker may choose a trusted one.
"""

from collections.abc import Iterable

from sfharden.facts.directory import Directory
from sfharden.facts.ownership import AppMarks, Tie
from sfharden.facts.values import CannotTell
from sfharden.model.org import AppRow, Token
from sfharden.text.names import normalise


class AppNames:
    """The apps' labels, API names and ids. `gap` says why the list may not be whole."""

    def __init__(self, directory: Directory, tokens: Iterable[Token]) -> None:
        try:
            apps = directory.apps
            self._rows, self.gap = {row.id: row for row in apps}, apps.gap
        except CannotTell as reason:
            self._rows, self.gap = {}, reason.reason
        self._labels = {token.app_label for token in tokens if token.app_label}

    def all_names(self) -> list[str]:
        """Every name that an app of this org has."""
        rows = [name for row in self._rows.values() for name in (row.label, row.api_name) if name]
        return sorted({*rows, *self._labels})

    def knows(self, name: str) -> bool:
        """Whether any app or token bears the name."""
        wanted = normalise(name)
        return bool(self._named(name)) or any(normalise(label) == wanted for label in self._labels if wanted)

    def names(self, token: Token, name: str) -> bool:
        """Whether the token's app bears the name, which takes in apps that only share the label.

        Raises CannotTell for a token whose app was not told.
        """
        named = self._named(name)
        if AppMarks.of(named, [name]).token(token) is not Tie.NONE:
            return True
        if token.app_id in self._rows:
            return False
        if not normalise(token.app_label):
            raise CannotTell("its app was not told")
        if AppMarks.of((), (row.label for row in named.values())).token(token) is Tie.NONE:
            return False
        if token.app_id:
            raise CannotTell("it bears the app's label, and which app it belongs to was not read")
        return True

    def surely_names(self, token: Token, name: str) -> bool:
        """Whether the token belongs to the app of that name and to no look-alike. Raises CannotTell where that is not sure."""
        named = self._named(name)
        if token.app_id in named:
            return True
        if not self.names(token, name) or token.app_id in self._rows:
            return False
        if named or token.app_id or self.gap:
            raise CannotTell("it bears a name to be spared, and nothing shows that it is that app")
        return True

    def records_named(self, name: str) -> int:
        """How many apps that the org manages bear the name."""
        return len(self._named(name))

    def what_tells_apart(self, name: str) -> str:
        """What to give instead of a name that several apps bear: the API name, or if that was given, the record's id."""
        rows = self._named(name).values()
        by_api_name = any(normalise(row.api_name) == normalise(name) for row in rows)
        named = [row.id if by_api_name else row.api_name or row.id for row in rows]
        what = "id" if by_api_name else "API name"
        return f"Give the {what} of the one to spare: {', '.join(sorted(named))}."

    def _named(self, name: str) -> dict[str, AppRow]:
        wanted = normalise(name)
        return {
            key: row
            for key, row in self._rows.items()
            if (wanted and wanted in (normalise(row.label), normalise(row.api_name)))
            or name in (key, key[:15])
        }
