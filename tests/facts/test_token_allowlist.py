"""What shows of an app's allowlist, on both kinds of app and in every API version; a file not read is no absence."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.facts.index import Index
from sfharden.facts.token_allowlist import TokenAllowlist, token_allowlist
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import healthy
from tests.orgs.files import APP, ECA_OAUTH_POLICY, ECA_SECURITY, EXTERNAL, HEALTHY, token_range
from tests.orgs.running import running

SWITCH = "<isIpBindingEnabled>true</isIpBindingEnabled>\n"
SILENT = healthy.swapped(HEALTHY, APP, (SWITCH, ""))
ASKED = {"metadata_asked": (kinds.EXTERNAL_APP, kinds.EXTERNAL_OAUTH_SECURITY), "apps": ()}
LISTLESS = {path: text for path, text in EXTERNAL.items() if path != ECA_SECURITY}


def found(snapshot: Snapshot) -> TokenAllowlist:
    index = Index(snapshot)
    return token_allowlist(index, index.app("Azure_Logic_Apps"))


def why(snapshot: Snapshot) -> str:
    with pytest.raises(CannotTell) as caught:
        found(snapshot)
    return caught.value.reason


def at(version: str | None, snapshot: Snapshot) -> Snapshot:
    return snapshot.model_copy(update={"source": snapshot.source.model_copy(update={"api_version": version})})


# A connected app --------------------------------------------------------------------------------


def test_of_a_connected_app_the_switch_shows_and_the_addresses_never_do() -> None:
    on = found(running(HEALTHY))
    assert (on.addresses, on.on and on.on.value) == (None, True)
    off = found(
        running(healthy.swapped(HEALTHY, APP, ("isIpBindingEnabled>true", "isIpBindingEnabled>false")))
    )
    assert (off.addresses, off.on and off.on.value) == (AddressSet(), False)


@pytest.mark.parametrize("version", ["62.0", "66.0", "67.0", None])
def test_before_api_68_a_running_org_does_not_show_the_switch(version: str | None) -> None:
    assert "doesn't show whether the app has an allowlist: that takes API 68.0" in why(
        at(version, running(SILENT))
    )


def test_a_file_without_the_switch_tells_nothing_by_its_absence() -> None:
    assert "is not in the file" in why(running(SILENT))
    assert "is not in the file" in why(healthy.snapshot(SILENT))
    assert why(
        healthy.snapshot(
            healthy.swapped(HEALTHY, APP, ("isIpBindingEnabled>true", "isIpBindingEnabled>maybe"))
        )
    )


def test_a_packaged_apps_list_is_its_developers() -> None:
    files = {path.replace("Azure_Logic", "acme__Azure_Logic"): text for path, text in SILENT.items()}
    index = Index(running(files, apps=()))
    with pytest.raises(CannotTell, match="package"):
        token_allowlist(index, index.app("acme__Azure_Logic_Apps"))


# An external client app -------------------------------------------------------------------------


def test_of_an_external_client_app_the_addresses_show() -> None:
    read = found(healthy.snapshot(EXTERNAL))
    assert (read.addresses, read.entries, read.on) == (AddressSet.of(["192.0.2.0/28"]), 1, None)
    assert read.where.startswith(ECA_SECURITY)


def test_a_file_without_ranges_is_no_list() -> None:
    bare = healthy.swapped(EXTERNAL, ECA_SECURITY, (token_range("192.0.2.0", "192.0.2.15"), ""))
    assert (found(healthy.snapshot(bare)).addresses, found(healthy.snapshot(bare)).entries) == (
        AddressSet(),
        0,
    )


def test_no_file_is_an_absence_only_where_the_org_was_asked_for_it() -> None:
    assert found(running(LISTLESS, **ASKED)).addresses == AddressSet()
    old = {**ASKED, "metadata_asked": ()}
    assert "no ExtlClntAppOauthSecuritySettings file" in why(running(LISTLESS, **old))
    assert "no ExtlClntAppOauthSecuritySettings file" in why(healthy.snapshot(LISTLESS))
    assert "that takes API 67.0" in why(at("66.0", running(LISTLESS, **ASKED)))
    assert "that takes API 67.0" in why(at("66.0", healthy.snapshot(LISTLESS)))
    hidden = {path: text for path, text in LISTLESS.items() if path != ECA_OAUTH_POLICY}
    assert why(running(hidden, **ASKED))  # to whom the policies don't show, nothing need show


def test_what_could_not_be_read_is_no_absence() -> None:
    gap = Gap(what="x", reason="cut off", kind=kinds.EXTERNAL_OAUTH_SECURITY)
    assert "cut off" in why(running(LISTLESS, gap, **ASKED))
    broken = healthy.swapped(EXTERNAL, ECA_SECURITY, ("192.0.2.15", "192.0.2.x"))
    assert "can't be read" in why(healthy.snapshot(broken))


def test_two_files_that_differ_tell_nothing() -> None:
    other = ECA_SECURITY.replace("oauthSecurity.", "other.")
    text = EXTERNAL[ECA_SECURITY].replace("192.0.2.15", "192.0.2.14")
    assert "2 files give the app different allowlists" in why(healthy.snapshot({**EXTERNAL, other: text}))
