"""Logic Apps and service tags joined: the region is told by the one or by the user, and what isn't there is a gap."""

from pathlib import Path

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import InputError, UsageError
from sfharden.sources.egress_files import EgressSources, newer_of, read_egress
from sfharden.sources.service_tags import load_service_tags
from tests.commands.test_egress import ENDPOINTS, tags
from tests.sources.build import export, logic_app, salesforce_step

TAG = AddressSet.of(["203.0.113.9/32"])


def sources(
    app: Path | None, file: Path | None, *, regions: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> EgressSources:
    return EgressSources((app,) if app else (), file, regions, names)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return export(tmp_path, tags(9, "203.0.113.9/32"), "ServiceTags_Public_20261116.json")


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Path:
    return export(tmp_path, logic_app(ENDPOINTS, crm=salesforce_step()), "app.json")


@pytest.mark.parametrize("how", [{"regions": ("westeurope",)}, {"names": ("AzureConnectors.WestEurope",)}])
def test_a_tag_that_was_asked_for_is_read(file: Path, how: dict[str, tuple[str, ...]]) -> None:
    assert read_egress(sources(None, file, **how)).addresses == TAG


def test_a_tag_that_is_not_there_is_refused_when_asked_for(file: Path) -> None:
    with pytest.raises(InputError):
        read_egress(sources(None, file, regions=("northeurope",)))


def test_tags_alone_do_not_say_which_is_meant(file: Path) -> None:
    with pytest.raises(UsageError, match="Give the region"):
        read_egress(sources(None, file))


def test_a_logic_app_names_the_region_and_both_count(app: Path, file: Path) -> None:
    alone, joined = read_egress(sources(app, None)), read_egress(sources(app, file))
    assert joined.addresses == alone.addresses | TAG
    assert {origin.kind.value for origin in alone.origins} < {origin.kind.value for origin in joined.origins}


def test_a_region_that_the_file_lacks_is_a_gap_and_no_empty_tag(app: Path, tmp_path: Path) -> None:
    other = tags(9, "203.0.113.9/32", name="AzureConnectors.NorthEurope")
    path = export(tmp_path, other, "ServiceTags_Public_20261117.json")
    read = read_egress(sources(app, path))
    assert read.gaps
    assert read.addresses == read_egress(sources(app, None)).addresses


def test_a_newer_file_is_compared_tag_by_tag_and_what_it_lacks_is_said(file: Path, tmp_path: Path) -> None:
    egress = read_egress(sources(None, file, regions=("westeurope",)))
    same = newer_of(load_service_tags(file), egress)
    assert (list(same.tags), same.missing) == (["azureconnectors.westeurope"], {})
    other = export(
        tmp_path,
        tags(10, "203.0.113.9/32", name="AzureConnectors.NorthEurope"),
        "ServiceTags_Public_20261123.json",
    )
    gone = newer_of(load_service_tags(other), egress)
    assert (gone.tags, list(gone.missing)) == ({}, ["azureconnectors.westeurope"])
