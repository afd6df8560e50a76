"""The files that a verdict rests on: each by its bytes, those of egress found as the judge finds them."""

from pathlib import Path

from sfharden.files.digest import sha256_of
from sfharden.sources.attested_inputs import AttestedFiles, egress_inputs, inputs_of

HEAD = "version: 1\nintegrations:\n  - name: a\n    app: A\n    profile: P\n    users: [u]\n    operator_ranges: [198.51.100.7]\n    egress:\n"


def written(folder: Path, *egress: str) -> Path:
    path = folder / "i.yaml"
    path.write_text(HEAD + "".join(f"      - {one}\n" for one in egress), "utf-8")
    return path


def project(folder: Path) -> Path:
    for name in ("host.json", "connections.json", "one/workflow.json", "two/workflow.json", "two/notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", "utf-8")
    return folder


def test_every_file_is_named_once_with_its_digest(tmp_path: Path) -> None:
    for name in ("la.json", "tags.json", "s.json", "old.json", "p.yaml"):
        (tmp_path / name).write_text(name, "utf-8")
    path = written(tmp_path, "logic_app: la.json", "logic_app: la.json", "{service_tags: tags.json, tag: T}", "ranges: [192.0.2.1]")  # fmt: skip
    files = AttestedFiles(tmp_path / "s.json", path, tmp_path / "old.json", (("p", tmp_path / "p.yaml"),))
    found = {(one.role, one.name): one.digest.sha256 for one in inputs_of(files) if one.digest}
    assert found == {
        ("policy", "p"): sha256_of(tmp_path / "p.yaml", ""),
        ("integration", "i.yaml"): sha256_of(path, ""),
        ("egress", "la.json"): sha256_of(tmp_path / "la.json", ""),
        ("egress", "tags.json"): sha256_of(tmp_path / "tags.json", ""),
        ("snapshot", "s.json"): sha256_of(tmp_path / "s.json", ""),
        ("baseline", "old.json"): sha256_of(tmp_path / "old.json", ""),
    }
    assert inputs_of(AttestedFiles()) == ()


def test_a_project_is_the_files_that_are_read_of_it(tmp_path: Path) -> None:
    project(tmp_path / "app")
    names = [one.name for one in egress_inputs(written(tmp_path, "logic_app: app"))]
    assert names == ["app: connections.json", "app: one/workflow.json", "app: two/workflow.json"]
    names = [one.name for one in egress_inputs(written(tmp_path, "logic_app: app/one/workflow.json"))]
    assert names == ["app/one/workflow.json", "app/one/workflow.json: connections.json"]


def test_one_that_can_not_be_read_has_no_digest(tmp_path: Path) -> None:
    (only,) = egress_inputs(written(tmp_path, "logic_app: none.json"))
    assert (only.name, only.digest) == ("none.json", None)
