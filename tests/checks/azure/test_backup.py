"""AzSK 210: the code is kept outside of Azure, and is what runs."""

from typing import Any

import pytest

from sfharden.checks.azure.backup import judge_backup
from sfharden.checks.common import NoParameters
from sfharden.model.azure import AzureEntry, RepositoryFile
from tests.orgs.azure_side import SITE, connection, context, resource, site, snapshot, workflow


def judged(digest: str, files: Any) -> str:
    flow = workflow().model_copy(update={"definition_digest": digest})
    (one,) = judge_backup(context(snapshot(flow, connection(), repository=files)), NoParameters())
    return one.status.value


@pytest.mark.parametrize(
    ("digest", "files", "status"),
    [
        ("aa", (RepositoryFile(path="w.json", digest="aa"),), "pass"),
        ("aa", (RepositoryFile(path="w.json", digest="bb"),), "fail"),
        ("aa", (), "fail"),
        ("aa", None, "manual"),
        ("", (RepositoryFile(path="w.json", digest=""),), "unknown"),
    ],
)
def test_what_runs_is_a_file_of_the_repository(digest: str, files: Any, status: str) -> None:
    assert judged(digest, files) == status


@pytest.mark.parametrize("kind", ["GitHubAction", "None", None])
def test_of_a_standard_app_a_person_is_asked(kind: str | None) -> None:
    web = resource(f"{SITE}/config/web", {"properties": {"scmType": kind}})
    (one,) = judge_backup(context(snapshot(site(), web), AzureEntry(workflows=(SITE,))), NoParameters())
    assert one.status.value == "manual"
    assert ("GitHubAction" in one.message) is (kind == "GitHubAction")
