"""The tour: from a bad integration to a proven good one, with the commands a person would type."""

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from sfharden.demo import hands
from sfharden.demo.sample import integration_path
from sfharden.demo.serving import ALIAS
from sfharden.demo.story import EGRESS_USED, LOOK_ALIKE
from sfharden.emulator.azure.hardening import harden
from sfharden.emulator.azure.server import AzureServer
from sfharden.emulator.generate import ELSEWHERE, OPERATOR
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.ingestion import serve_ingestion
from sfharden.plan.wording import deploy_command
from sfharden.report.send_rows import COLUMNS

_APP: Final = "Azure Logic Apps"
_FILE: Final = "integration.yaml"


class Program(Protocol):
    """Runs sfharden with these words in the tour's folder; gives its exit code, and what it would print."""

    def __call__(self, words: list[str]) -> tuple[int, str]: ...


class TourError(Exception):
    """A step did not end as it should; a bug of the demo or of what it shows."""


@dataclass
class Tour:
    """One tour on a running embedded org and its Azure tenant. `folder` is where its files are written."""

    server: DemoServer
    azure: AzureServer
    folder: Path
    program: Program
    say: Callable[[str], None]
    now: datetime
    clock: Callable[[], datetime]
    _step: int = 0

    def go(self) -> None:
        """All steps. Raises TourError at the first that doesn't end as it should."""
        self._write_integration("")
        self._title("What is wrong?")
        self._check(1)
        self._title("What would be changed, as files that deploy and files that undo?")
        self._run(
            ["plan", *self._live, "-i", _FILE, "-o", "change", "--my-address", OPERATOR], 4, _until("Next:")
        )
        self._title("Who would get in then, and who wouldn't? Nothing is changed yet.")
        words = ["simulate", *self._live, "-i", _FILE, "--with", "change/package", "--my-address", OPERATOR]
        self._run(words, 1, _refused_logins)
        self.say("  Those two addresses are nobody's. Named one by one, they may be refused.")
        self._run([*words, *(word for one in ELSEWHERE for word in ("--expect-refused", one))], 0, _matrix)
        self._title("Deploy, with the Salesforce CLI (here: on the embedded org).")
        self._shown(deploy_command("change/package", org=ALIAS))
        self._must(
            hands.deploy_folder(self.server, self.folder / "change" / "package"), "the org took the package"
        )
        self._title("By hand, in Setup: what concerns more than this integration.")
        hands.tidy_up(self.server)
        self.say(
            "  Took 5 administrative permissions from the integration's profile, gave the\n"
            "  other profiles login ranges, required PKCE and token rotation, switched the\n"
            "  device flow off, narrowed the app's scopes, turned on its Refresh Token IP\n"
            "  Allowlist with the Logic App's addresses, had Support enable API Access\n"
            "  Control, and turned it on."
        )
        self._title("The Azure end: what would be changed there, as commands that a person runs?")
        words = ["plan", "--azure", "-i", _FILE, "-o", "azure-change"]
        self._run(words, 0, _azure_changes)
        harden(self.azure.tenant, self.now)
        self.say(
            "  Done by its owners: these, and by hand what no command may do: strangers lost\n"
            "  their rights and moved out of the group, the secret went to a vault, and\n"
            "  changes of the subscription are kept."
        )
        self._title("Pull the plug: the app's old tokens, the look-alike's, and those nobody used.")
        self._revoke()
        self._title("Authorise again, and test both ways.")
        self._reauthorise()
        self._title("Was it seen to work?")
        self._run(["verify", *self._live, "-i", _FILE], 0, _whole)
        self._title("And all in all?")
        self._check(0)
        self._title("The next night: is it still so, and who changed what?")
        self._watch()

    @property
    def _live(self) -> list[str]:
        return ["--instance-url", self.server.base_url]

    def _write_integration(self, more: str) -> None:
        sample = integration_path()
        exports = sample.parent / "exports"
        (self.folder / "exports").mkdir(exist_ok=True)
        for file in exports.iterdir():
            (self.folder / "exports" / file.name).write_bytes(file.read_bytes())
        (self.folder / _FILE).write_text(sample.read_text("utf-8") + more, "utf-8")

    def _revoke(self) -> None:
        meant = ((("--app", _APP, "--app", LOOK_ALIKE), 7), (("--unused-for", "90"), 4))
        for selection, count in meant:
            words = ["revoke", *self._live, *selection, "--expect", str(count), "--yes"]
            self._run(words, 0, _until("Next:"))

    def _reauthorise(self) -> None:
        refused = not hands.authorise(self.server, ELSEWHERE[0])
        self._must(refused, f"refused from {ELSEWHERE[0]}, which is nobody's")
        self._must(
            hands.authorise(self.server, EGRESS_USED[0]), f"let in from {EGRESS_USED[0]}, the Logic App's"
        )
        hands.close_pages(self.server)
        self.say("  Done: made its user API Only; the password opens no page any more.")
        line = f"    hardened_at: {self.now:%Y-%m-%dT%H:%M:%SZ}"
        self._write_integration(line + "\n")
        self.say(f"  And noted in {_FILE}:\n{line}")

    def _watch(self) -> None:
        """Someone relaxes the app's policy; `drift` says who, and the findings go to where analysts work."""
        self._run(["snapshot", *self._live, "-o", "hardened.json"], 0, _nothing)
        hands.relax(self.server, self.clock() + timedelta(milliseconds=1))  # the org tells no microseconds
        self._run(["drift", "hardened.json", *self._live, "-i", _FILE], 1, _whole)
        self.program(["check", *self._live, "--azure", "-i", _FILE, "-f", "json", "-o", "tonight.json"])
        with serve_ingestion(COLUMNS, token=self.azure.token) as service:
            where = ["--endpoint", service.base_url, "--rule", f"dcr-{'0' * 32}"]
            words = ["send", "tonight.json", "--to", "log-analytics", *where, "--previous", "report.json"]
            self._run(words, 0, _whole)
            regressed = [
                one for one in service.rows if (one["Verdict"], one["PreviousVerdict"]) == ("fail", "pass")
            ]
        self._must(bool(regressed), f"{len(regressed)} of the rows that arrived tells of what got worse")

    def _check(self, expected: int) -> None:
        """`check`, told in a line a finding."""
        words = ["check", *self._live, "--azure", "-i", _FILE]
        self._shown(shlex.join(["sfharden", *words]))
        code, _ = self.program([*words, "-f", "json", "-o", "report.json"])
        report = json.loads((self.folder / "report.json").read_text("utf-8"))
        for one in report["results"]:
            if one["status"] in ("fail", "unknown"):
                word = one["severity"].upper() if one["status"] == "fail" else "UNKNOWN"
                self.say(f"  {word:<9} {one['control']} ({one['subject']['name']})")
        counts = report["summary"]
        self.say(f"  {counts['fail']} failed, {counts['unknown']} unknown, {counts['pass']} passed.")
        self._expect(code, expected)

    def _run(self, words: list[str], expected: int, excerpt: Callable[[list[str]], Iterable[str]]) -> None:
        self._shown(shlex.join(["sfharden", *words]))
        code, text = self.program(words)
        for line in excerpt(text.rstrip().splitlines()):
            self.say(line)
        self._expect(code, expected)

    def _expect(self, code: int, expected: int) -> None:
        if code != expected:
            raise TourError(f"step {self._step} ended with exit code {code}, not {expected}")

    def _must(self, happened: bool, what: str) -> None:
        if not happened:
            raise TourError(f"step {self._step}: not {what}")
        self.say(f"  Done: {what}.")

    def _title(self, text: str) -> None:
        self._step += 1
        self.say(f"\n{self._step}. {text}")

    def _shown(self, command: str) -> None:
        self.say(f"$ {command}")


def _nothing(_: list[str]) -> Iterable[str]:
    return ()


def _whole(lines: list[str]) -> Iterable[str]:
    return lines


def _until(mark: str) -> Callable[[list[str]], Iterable[str]]:
    """The lines before the one that begins with the mark, without blank ones at the end."""

    def excerpt(lines: list[str]) -> Iterable[str]:
        end = next((number for number, line in enumerate(lines) if line.startswith(mark)), len(lines))
        return "\n".join(lines[:end]).rstrip().splitlines()

    return excerpt


def _matrix(lines: list[str]) -> Iterable[str]:
    """The exposure matrix, and what the lock-out guard says."""
    return [*_block(lines, "Who gets in"), *_block(lines, "LOCK-OUT GUARD")]


def _refused_logins(lines: list[str]) -> Iterable[str]:
    """The integration's own logins that would be refused, and what the lock-out guard says."""
    return [*_block(lines, "REFUSED LOGINS"), *_block(lines, "LOCK-OUT GUARD")]


def _block(lines: list[str], mark: str) -> list[str]:
    """The lines from the one that begins with the mark to the next blank one."""
    begin = next((number for number, line in enumerate(lines) if line.startswith(mark)), len(lines))
    end = next((number for number, line in enumerate(lines) if number > begin and not line), len(lines))
    return lines[begin:end]


def _azure_changes(lines: list[str]) -> Iterable[str]:
    """What each change is about, also where its line was broken."""
    heading = False
    for line in lines:
        heading = line.startswith("Azure ") or (heading and bool(line) and not line.startswith(" "))
        if heading:
            yield f"  {line}"
