"""Whether logs that a setting sends are kept long enough, whichever destinations it has."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sfharden.azure.index import AzureIndex
from sfharden.azure.log_settings import ELSEWHERE, LogSetting
from sfharden.azure.retention import Kept, storage_kept, table_kept
from sfharden.checks.common import Verdict, failed, manual, passed, unknown
from sfharden.facts.values import CannotTell
from sfharden.model.results import Evidence, Subject


@dataclass(frozen=True, slots=True)
class Tables:
    """Where logs go: the table of a workspace, with `Dedicated` another one, and the container of an account.

    `beside` is a table that they may have gone to, whatever a setting says.
    """

    table: str
    container: str
    dedicated: str = ""
    beside: str = ""

    def of(self, setting: LogSetting) -> tuple[str, ...]:
        """The table that decides, then what else logs may have gone to."""
        names = (self.dedicated, self.table) if setting.dedicated else (self.table, self.dedicated)
        return tuple(name for name in (*names, self.beside) if name)


def judge_kept(
    index: AzureIndex, subject: Subject, what: str, sending: Iterable[LogSetting], tables: Tables, least: int
) -> Verdict:
    """Of settings that send, at least one must lead to where logs stay for `least` days."""
    found: list[Kept] = []
    reasons: list[CannotTell] = []
    others: list[str] = []
    for setting in sending:
        others.extend(setting.others)
        for outcome in _destinations(index, setting, tables):
            (found if isinstance(outcome, Kept) else reasons).append(outcome)  # type: ignore[arg-type]
    evidence = tuple(
        Evidence(what=f"{what} kept", observed=one.shown, expected=f"at least {least} days", source=one.where)
        for one in sorted(found, key=lambda one: -one.days)
    )
    if any(one.days >= least for one in found):
        longest = max(found, key=lambda one: one.days)
        return passed(subject, f"{what} kept {longest.shown}.", *evidence)
    if reasons:
        return unknown(subject, f"{what} on, but {reasons[0].reason}", reasons[0].where)
    if others and not found:
        return manual(
            subject,
            f"{what} sent to {' and '.join(sorted(set(others)))} alone: ask there how long they are kept.",
        )
    return failed(subject, f"{what} kept for less than {least} days.", *evidence)


def _destinations(index: AzureIndex, setting: LogSetting, tables: Tables) -> Iterator[Kept | CannotTell]:
    if setting.workspace:
        yield _asked(
            setting, setting.workspace, lambda: table_kept(index, setting.workspace, *tables.of(setting))
        )
    if setting.storage:
        yield _asked(setting, setting.storage, lambda: storage_kept(index, setting.storage, tables.container))


def _asked(setting: LogSetting, there: str, ask: Callable[[], Kept]) -> Kept | CannotTell:
    if there == ELSEWHERE:
        return CannotTell("where they go is not told by the file", setting.row.where())
    try:
        return ask()
    except CannotTell as reason:
        return reason
