"""The sample: whole and readable, and its integration is of that org."""

from sfharden.demo.sample import integration_path, sample_folder
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.metadata_files import load_snapshot


def test_the_sample_is_read_without_a_gap() -> None:
    snapshot = load_snapshot(sample_folder() / "force-app", "0")
    assert snapshot.gaps == ()
    assert snapshot.source.files_read == len(list(sample_folder().rglob("*-meta.xml")))


def test_its_integration_is_of_that_org_and_its_egress_is_known() -> None:
    (one,), waivers = load_integrations(integration_path())
    assert (one.egress.gaps, waivers) == ((), ())
    assert one.egress.addresses
    profiles = load_snapshot(sample_folder() / "force-app", "0").of_kind("Profile")
    assert one.profile in {profile.name for profile in profiles}
