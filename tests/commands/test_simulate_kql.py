"""`simulate --kql` by its entry point: the question instead of the answer, and every exit code."""

from pathlib import Path

from tests.orgs.constants import HARDENED_YAML as YAML
from tests.orgs.metadata import APP, write
from tests.orgs.running import FILES, changed, running

from .kit import Run
from .test_simulate import arguments

LOOSE = changed(APP, ("ENFORCE", "BYPASS"))


def test_it_prints_the_question_and_nothing_else(run: Run, tmp_path: Path) -> None:
    code, out, err = run(*arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql"))
    assert code == 0, err
    assert out.startswith("// Which logins that got in would a proposal refuse?")
    assert "between (parse_ipv4(RangeFirst) .. parse_ipv4(RangeLast))" in out
    assert "'in', '192.0.2.0', '192.0.2.15'" in out
    assert "'005000000000001', 'azure logic apps', 'oauthrefreshtoken', " in out
    assert out == run(*arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql"))[1]


def test_it_goes_to_a_file_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.kql"
    assert run(*arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql", "-o", str(path)))[:2] == (
        0,
        "",
    )
    assert path.read_text("utf-8").startswith("// Which logins")


def test_the_time_that_was_given_is_asked(run: Run, tmp_path: Path) -> None:
    given = arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql", "--logins-since", "2026-11-01")
    assert "let Since = datetime(2026-11-01T00:00:00Z);" in run(*given)[1]


def test_a_user_whom_nobody_knows_is_4(run: Run, tmp_path: Path) -> None:
    given = arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql")
    (tmp_path / "i.yaml").write_text(YAML.replace("svc@acme.example", "gone@acme.example"), "utf-8")
    code, out, _ = run(*given)
    assert code == 4
    assert "// Not asked, since nobody here knows an id: gone@acme.example" in out


def test_files_alone_are_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "i.yaml").write_text(YAML, "utf-8")
    source, package = write(FILES, tmp_path / "src"), write({APP: FILES[APP]}, tmp_path / "package")
    code, out, err = run(
        "simulate", "--source", source, "-i", tmp_path / "i.yaml", "--with", package, "--kql"
    )
    assert (code, out) == (3, "")
    assert "ids" in err


def test_wrong_usage_is_2(run: Run, tmp_path: Path) -> None:
    assert run("simulate", "--kql")[0] == 2
    assert run(*arguments(tmp_path, running(LOOSE), {APP: FILES[APP]}, "--kql", "-f", "json"))[0] == 2
