"""What is said of the embedded org that is kept up: enough to go through the whole README on it."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sfharden.demo.serving import ALIAS, guide, sign_in
from sfharden.demo.tour_org import CALLER, serve_tour
from tests.conftest import NOW

Run = Callable[..., tuple[int, str, str]]
URL = "http://127.0.0.1:41234"
AZURE = "http://127.0.0.1:41235"


def test_it_tells_the_token_the_address_and_how_the_salesforce_cli_learns_of_it() -> None:
    token = f"00Dxx00000001Dz!{'A' * 60}"
    told = guide(URL, token, AZURE, "e30.e30.")
    assert f"export SFHARDEN_AZURE_ENDPOINT={AZURE}\n" in told
    assert "export AZURE_ACCESS_TOKEN='e30.e30.'\n" in told.replace("\\\n'", "'")
    assert f"export SF_ACCESS_TOKEN='{token}'\n" in told.replace("\\\n'", "'")
    assert f"--instance-url {URL}\n" in told
    assert sign_in(URL) in told.replace(" \\\n     ", "")
    assert max(len(one) for one in told.splitlines() if "/" not in one.replace(URL, "")) <= 80
    assert shlex.split(sign_in(URL))[-3:] == ["--alias", ALIAS, "--no-prompt"]


def test_what_it_says_to_put_for_edit_completes_the_file_that_init_writes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serve_tour(NOW) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[CALLER])
        live = ("--instance-url", server.base_url)
        assert run("init", *live)[0] == 0
        told = guide(server.base_url, "", AZURE, "")
        page = Path("integration.yaml").read_text("utf-8")
        for name in ("- logic_app", "operator_ranges"):
            wanted = re.search(rf"^ +{name}: .*$", told, re.M)
            assert wanted
            page = re.sub(rf"^ +{name}: .*EDIT.*$", wanted[0], page, flags=re.M)
        assert yaml.safe_load(page)["integrations"][0]["operator_ranges"]
        Path("integration.yaml").write_text(page, "utf-8")
        code, out, err = run("plan", *live, "-i", "integration.yaml", "-o", "change", "--validate")
        assert (code, "The org would take the package" in err) == (4, True), out + err
        doctor = run("doctor", *live, "-i", "integration.yaml")[1]
        assert "MEND THE INTEGRATION FILE FIRST" not in doctor
