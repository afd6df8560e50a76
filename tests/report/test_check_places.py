"""Where a result stands: a file of a repository or nothing; never a table of an org."""

import pytest

from sfharden.model.results import Evidence, Status
from sfharden.report.check_places import file_of, logical_name, uri_of

from .forms_kit import named, report


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("profiles/Sales.profile:12", ("src/profiles/Sales.profile", 12)),
        ("profiles/A:1.profile:12", ("src/profiles/A:1.profile", 12)),
        ("settings/Security.settings", ("src/settings/Security.settings", None)),
        ("profiles/Admin.profile-meta.xml:3", ("src/profiles/Admin.profile-meta.xml", 3)),
        ("OauthToken", None),
        ("", None),
    ],
)
def test_what_is_no_file_has_no_place(source: str, place: object) -> None:
    given = report(named(Status.FAIL, "A", evidence=(Evidence(what="w", observed="o", source=source),)))
    assert file_of(given.model_copy(update={"folder": "src"}), given.results[0]) == place
    assert file_of(given, given.results[0]) is None


def test_a_uri_is_plain() -> None:
    assert uri_of("a b/ü\u202e#?%.profile") == "a%20b/%C3%BC%E2%80%AE%23%3F%25.profile"


def test_the_logical_name_needs_no_file() -> None:
    given = report(named(Status.FAIL, "A/B"))
    assert logical_name(given, given.results[0]) == "files/profile/A/B"
