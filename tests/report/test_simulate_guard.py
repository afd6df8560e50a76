"""Nothing green with a break, nothing green where something was not read; else it says what it rests on."""

from collections.abc import Callable, Mapping

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.snapshot import Gap
from sfharden.report.simulate_guard import guard_line, refused_logins
from sfharden.simulation.simulate import Simulation, simulate
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs.constants import ADMIN_DESK, ELSEWHERE, HARDENED_INTEGRATION, NOW
from tests.orgs.files import APP, PROFILE, SECURITY
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, UNLOCKED, changed, login, proposed, running

ENFORCED = {APP: FILES[APP]}
LOOSE = changed(APP, ("ENFORCE", "BYPASS"))
GREEN = "\x1b[32m"
COLOUR = Terminal(colour=True)


def outcome(
    *sources: str,
    named: tuple[str, ...] = (),
    read: bool = True,
    files: Mapping[str, str] = ENFORCED,
    gaps: tuple[Gap, ...] = (),
) -> Simulation:
    """The app's ranges enforced again, and logins from these places replayed."""
    before = running(LOOSE, logins=tuple(login(source=one) for one in sources) if read else None)
    return simulate(
        before,
        proposed(files, *gaps),
        [HARDENED_INTEGRATION],
        shipped(),
        (),
        NOW,
        caller_address=ADMIN_DESK,
        expect_refused=AddressSet.of(named),
    )


def line(found: Simulation) -> str:
    return guard_line(found.integrations[0], found, COLOUR)


def test_green_says_what_it_rests_on() -> None:
    told = line(outcome("192.0.2.3", "192.0.2.4"))
    assert told.startswith(GREEN)
    text = " ".join(told.split())
    assert "declared egress and operator ranges; 2 logins of the integration since 2026-" in text
    assert "nobody unread" in text
    assert "no login of the integration" in " ".join(line(outcome()).split())


SHUT = {PROFILE: changed(PROFILE, ("198.51.100.7", "198.51.100.8"))[PROFILE]}
NARROW = {PROFILE: changed(PROFILE, ("192.0.2.15", "192.0.2.7"))[PROFILE]}


@pytest.mark.parametrize(
    ("found", "head"),
    [
        (lambda: outcome("192.0.2.3", ELSEWHERE), "BREAKS THE INTEGRATION"),
        (lambda: outcome("192.0.2.3", files={APP: FILES[APP], **NARROW}), "BREAKS THE INTEGRATION"),
        (lambda: outcome("192.0.2.3", files=SHUT), "LOCKED OUT"),
        (lambda: outcome(read=False), "NOT KNOWN TO BE SAFE"),
        (lambda: outcome("Salesforce.com IP"), "NOT KNOWN TO BE SAFE"),
        (
            lambda: outcome("192.0.2.3", gaps=(Gap(what="x", reason="gone", kind="Profile"),)),
            "NOT KNOWN TO BE SAFE",
        ),
    ],
    ids=["a refused login", "refused egress", "the operator", "no logins", "no address", "a gap"],
)
def test_never_green_otherwise(found: Callable[[], Simulation], head: str) -> None:
    told = line(found())
    assert GREEN not in told
    assert head in told
    assert "nobody who must get in" not in told


def test_a_named_address_is_let_go_and_that_is_said() -> None:
    found = outcome("192.0.2.3", ELSEWHERE, named=(ELSEWHERE,))
    assert found.safe
    told = line(found)
    assert told.startswith(GREEN)
    assert f"1 of them to be refused by your word ({ELSEWHERE})" in " ".join(told.split())


def test_refused_today_and_none_let_in_is_not_called_safe() -> None:
    before = running(logins=(login(source=ELSEWHERE),))
    found = simulate(
        before,
        proposed({SECURITY: UNLOCKED}),
        [HARDENED_INTEGRATION],
        shipped(),
        (),
        NOW,
        caller_address=ADMIN_DESK,
    )
    assert (found.breaks, found.unknown) == (False, True)
    assert "None of the integration's own logins would be let in" in line(found)


def test_refused_logins_are_listed_by_address_and_long_lists_fold() -> None:
    found = outcome(*(f"100.64.0.{n}" for n in range(60)))
    told = refused_logins(found.integrations[0], Terminal())
    assert "REFUSED LOGINS of crm-sync: 60 logins since 20" in told
    assert told.count("svc@acme.example") == 50
    assert "and 10 more addresses; -f json has them all." in told
    assert told.count("To mend:") == 1
    assert max(map(display_width, told.splitlines())) <= 80
    assert refused_logins(outcome("192.0.2.3").integrations[0], Terminal()) == ""


def test_what_stays_open_is_no_green_line_and_says_what_would_close_it() -> None:
    told = line(outcome("192.0.2.3", files={SECURITY: FILES[SECURITY]}))
    assert GREEN not in told
    text = " ".join(told.split())
    assert "2 ways in that must be shut would still be open" in text
    assert text.count("To close it:") == 2


def test_what_a_proposal_opens_is_a_break_of_its_own() -> None:
    before = running(logins=(login(),))
    found = simulate(
        before,
        proposed({APP: LOOSE[APP]}),
        [HARDENED_INTEGRATION],
        shipped(),
        (),
        NOW,
        caller_address=ADMIN_DESK,
    )
    told = line(found)
    assert GREEN not in told
    assert "OPENS A WAY IN" in told
    assert "The proposal opens it." in " ".join(told.split())
