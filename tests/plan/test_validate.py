"""Having an org check a package: what is sent, and what its answer comes to."""

import io
import zipfile

import pytest

from sfharden.plan.validate import validate, zipped
from sfharden.ports import ComponentProblem, DeployReport

FILES = {"package.xml": b"<Package/>", "profiles/A.profile": b"<Profile/>"}


def report(*problems: ComponentProblem, success: bool = False, code: str = "") -> DeployReport:
    return DeployReport("0Af1", "Succeeded" if success else "Failed", success, code, problems)


def problem(**told: object) -> ComponentProblem:
    facts = {
        "type": "Profile",
        "full_name": "A",
        "file_name": "profiles/A.profile",
        "line": 7,
        "problem": "bad range",
        "problem_type": "Error",
    }
    return ComponentProblem(**{**facts, **told})  # type: ignore[arg-type]


def test_the_package_is_sent_whole_and_is_the_same_whenever_it_is_made() -> None:
    sent: list[bytes] = []

    def deploy(content: bytes) -> DeployReport:
        sent.append(content)
        return report(success=True)

    assert validate(deploy, FILES) == (True, [])
    assert sent == [zipped(dict(reversed(FILES.items())))]
    with zipfile.ZipFile(io.BytesIO(sent[0])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({}, "Profile 'A': profiles/A.profile:7: bad range (Error)"),
        ({"line": None}, "Profile 'A': profiles/A.profile: bad range (Error)"),
        ({"type": "", "file_name": "", "problem_type": ""}, "'A': A:7: bad range"),
    ],
)
def test_each_problem_is_a_line_with_its_place(told: dict[str, object], line: str) -> None:
    assert validate(lambda _: report(problem(**told)), FILES) == (False, [line])


def test_a_warning_is_told_of_a_package_that_would_be_taken() -> None:
    good, lines = validate(lambda _: report(problem(problem_type="Warning"), success=True), FILES)
    assert good
    assert len(lines) == 1


@pytest.mark.parametrize(("code", "said"), [("", "Failed, and"), ("LIMIT", "Failed LIMIT, and")])
def test_a_refusal_without_a_reason_is_said_and_is_no_success(code: str, said: str) -> None:
    good, (line,) = validate(lambda _: report(code=code), FILES)
    assert not good
    assert f"The org says {said} no more." in line
