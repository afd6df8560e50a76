"""The commands around a plan: as a shell takes them, whatever the names in them hold."""

import shlex

import pytest

from sfharden.model.plan import LostRights
from sfharden.plan.steps import Commands, quoted, wrapped
from tests.plan.kit import everything_bad, planned


@pytest.mark.parametrize("name", ["plan", "my plan's folder", "x" * 90])
def test_long_commands_are_wrapped_so_that_a_shell_takes_them(name: str) -> None:
    commands = Commands(name, source="--source 'my  files'", integration="it's mine.yaml", apps=("A  B",))
    for one in (commands.simulate(), *commands.deploy(), *commands.revoke(), commands.verify()):
        text = wrapped(one, 78)
        assert shlex.split(text.replace("\\\n", "")) == shlex.split(one)
        assert all(len(line) <= 78 for line in text.splitlines() if name not in line or len(name) < 20)


@pytest.mark.parametrize("name", ["A; rm -rf ~", "$(id)", "a'b", "--yes", "x\x1b[2J\n"])
def test_a_foreign_name_is_one_word_of_a_command(name: str) -> None:
    assert len(shlex.split(quoted(name))) == 1
    assert quoted(name).isprintable()


def test_each_app_s_tokens_are_looked_at_before_they_are_revoked() -> None:
    look, do = Commands("plan", live="--org prod", apps=("A B", "C")).revoke()
    assert look == "sfharden revoke --org prod --app 'A B' --app C --dry-run"
    assert look == f"{do} --dry-run"


def test_without_an_app_nothing_is_selected_by_accident() -> None:
    assert all("--app YOUR_APP" in one for one in Commands("plan").revoke())


def test_the_rollback_is_deployed_to_the_org_that_got_the_package() -> None:
    commands = Commands("plan", org="prod")
    assert "--metadata-dir plan/rollback --target-org prod" in commands.roll_back()
    assert all("--metadata-dir plan/package --target-org prod" in one for one in commands.deploy())


def test_a_permission_set_is_given_only_where_a_step_asks_for_it() -> None:
    lost = LostRights(
        integration="crm-sync", users=("a@acme.example", "$(id)@x"), profiles=(), profile="P", rights=("ApiEnabled",),
        offered=("ApiEnabled",), left_out=(), permission_set="crm_sync_rights", gaps=(),
    )  # fmt: skip
    plan = planned(everything_bad()).plan.model_copy(update={"rights": (lost,)})
    assert list(Commands("plan", org="my prod").assign(plan)) == []
    asked = plan.model_copy(update={"manual": ("Assign the permission set 'x' (crm_sync_rights) to …",)})
    (command,) = Commands("plan", org="my prod").assign(asked)
    assert shlex.split(command)[:5] == ["sf", "org", "assign", "permset", "--name"]
    assert "--on-behalf-of a@acme.example --on-behalf-of '$(id)@x' --target-org 'my prod'" in command


def test_the_salesforce_cli_is_told_of_the_org_first_where_it_does_not_know_it() -> None:
    sign_in = "sf org login web --instance-url https://acme.my.salesforce.com --alias YOUR_ORG"
    first, *rest = Commands("plan", sign_in=sign_in).deploy()
    assert (first, rest) == (sign_in, list(Commands("plan").deploy()))
    assert all("--target-org YOUR_ORG" in one for one in rest)
